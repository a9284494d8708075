import { parseArgs } from "node:util"

/** @param {number} cores */
export const simHelp = (cores) => `npm run sim -- [options]

  --seed N        first seed (default 1)
  --histories M   how many, one for each seed (default 1000)
  --mix NAME      what may go wrong; several by commas, or "every" (default all); "list" shows them
  --workers N     threads (default ${cores}, one for each core)
  --mutants       breaks one rule after the other instead: every mutant must be found; see docs/guide/simulation.md
  --only NAME     with --mutants: those whose name or rule contains this; several by commas
  --naive         runs a plain cache-aside instead of the library, which must go wrong
  --story         tells the history of --seed; if it goes wrong, what is left of it after shrinking;
                  with --mutants --only NAME: the history that found this one mutant
  --whole         with --story: tells all of it, unshrunk
  --bad N         ends after this many histories that went wrong, in all threads together (default 10)
  --json          prints one JSON object instead of text; with --mutants one for each mutant, each on a line
  --help          this text

For the JSON alone, without npm's banner: npm run -s sim -- --json

The table: "runs" is the number of histories in which this fault came to pass, the other columns say how often each
rule was seen at work in them. Where a history has many faults, as with --mix all, it counts in the row of each.

Exit code: 0 nothing went wrong, 1 something did, 2 wrong usage, 130 interrupted by Ctrl-C.`

/** What each way of running takes; everything else would do nothing. */
const taken = {
  histories: ["seed", "histories", "mix", "workers", "naive", "bad", "json"],
  story: ["seed", "mix", "naive", "story", "whole", "json"],
  mutants: ["seed", "workers", "mutants", "only", "json"],
  mutantStory: ["seed", "mutants", "only", "story", "whole", "json"],
}

/** What an option needs beside it. */
const needed = { only: "mutants", whole: "story" }

/**
 * Reads the arguments of `npm run sim`. Throws, with a sentence for the user, where they cannot be meant.
 *
 * @param {readonly string[]} args
 * @param {number} cores
 */
export function readSimOptions(args, cores) {
  const given = parse(args)
  if (given.help !== true) refuseWhatDoesNothing(given)
  return {
    seed: wholeNumber("seed", given.seed ?? "1", 0),
    histories: wholeNumber("histories", given.histories ?? "1000", 1),
    workers: wholeNumber("workers", given.workers ?? String(cores), 1),
    badMax: wholeNumber("bad", given.bad ?? "10", 1),
    mix: given.mix ?? "all",
    only: given.only ?? "",
    mutants: given.mutants ?? false,
    naive: given.naive ?? false,
    story: given.story ?? false,
    whole: given.whole ?? false,
    json: given.json ?? false,
    help: given.help ?? false,
  }
}

/** @param {readonly string[]} args */
function parse(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      histories: { type: "string" },
      mix: { type: "string" },
      workers: { type: "string" },
      bad: { type: "string" },
      mutants: { type: "boolean" },
      only: { type: "string" },
      naive: { type: "boolean" },
      story: { type: "boolean" },
      whole: { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  })
  if (positionals.length > 0)
    throw new Error(`"${positionals.join(" ")}" is no option; options go after \`--\`: npm run sim -- --seed 7`)
  return values
}

/** @param {Readonly<ReturnType<typeof parse>>} given */
function refuseWhatDoesNothing(given) {
  for (const [name, other] of Object.entries(needed)) {
    if (name in given && !(other in given)) throw new Error(`--${name} does nothing without --${other}`)
  }
  const mode = given.mutants ? (given.story ? "mutantStory" : "mutants") : given.story ? "story" : "histories"
  const idle = Object.keys(given).find((name) => !taken[mode].includes(name))
  if (idle === undefined) return
  const ways = ["mutants", "story"].filter((name) => name in given).map((name) => `--${name}`)
  throw new Error(`--${idle} does nothing with ${ways.join(" ")}`)
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 */
function wholeNumber(name, text, least) {
  const number = Number(text)
  if (text.trim() === "" || !Number.isSafeInteger(number) || number < least)
    throw new Error(`--${name} takes a whole number from ${least}`)
  return number
}
