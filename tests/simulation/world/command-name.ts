import { digestOf } from "./text-digest.ts"

/** What the text of each script contains and no other script does. */
const marks: readonly (readonly [name: string, mark: RegExp])[] = [
  ["LEASE-STRICT", /return \{ ?"no-fill" ?\}/],
  ["LEASE", /return \{ ?"win", deadline ?\}/],
  ["FILL", /local own = "lease "/],
  ["RELEASE", /return "released"/],
  ["OPEN-STRICT", /wake\(ARGV\[6\], "i", KEYS\[1\]\)\s+return "opened"/],
  ["OPEN-STRICT-CONTROL", /open_strict\(record, \{/],
  ["OPEN", /return "opened"/],
  ["RAISE-TOMBSTONE", /return "raised"/],
  ["CLOSE", /local storable/],
  ["PUT", /return "older" end/],
  [
    "EXTEND-WINDOW",
    /for _, window in ipairs\(record\.windows\) do\s+if window\.id == ARGV\[1\] then\s+window\.deadline/,
  ],
  ["EXTEND-LEASE", /lease\.deadline = math\.max/],
  ["BEAT", /return kept and "kept"/],
  ["KEEP-UNCHANGED", /local answer = "gone"/],
  ["RENEW", /return "renewed"/],
  ["INVALIDATE", /invalidate\(KEYS\[1\], KEYS\[2\], read_record/],
  ["INVALIDATE-CONTROL", /raise_tombstone\(record, ARGV\[1\]/],
  ["INVALIDATE-VALUE", /return drop\(KEYS\[1\]/],
  ["TAG-CLOCK", /local goes_on/],
  ["BEGIN-TAG", /return found\.text/],
  ["COMPLETE-TAG", /return "complete"/],
  ["INVALIDATE-TAG", /local raised/],
  ["INDEX-TAG", /return "listed"/],
  ["LIST-TAG", /return page/],
  ["UNLIST-ENTRIES", /return "unlisted"/],
  ["PUBLISH-EVENT", /return event_place\(head\)/],
  ["READ-EVENTS", /redis\.call\("XRANGE"/],
  ["RECLAIM", /return is_busy and "freed-busy"/],
]

/** Names of texts are the same for ever; which digests are known is not, and belongs to one history. */
const namesOfTexts = new Map<string, string>()

/** What the commands of a history are called: a script by its name, once its text has gone by. */
export class CommandNames {
  readonly #scripts = new Map<string, string>()

  of(args: readonly string[]): string {
    const [command = "", script = ""] = args
    if (command === "EVALSHA") return this.#scripts.get(script) ?? command
    if (command !== "EVAL") return command
    const name = nameOfText(script)
    this.#scripts.set(digestOf(script), name)
    return name
  }
}

function nameOfText(text: string): string {
  let name = namesOfTexts.get(text)
  if (name === undefined) {
    name = marks.find(([, mark]) => mark.test(text))?.[0] ?? "EVAL"
    namesOfTexts.set(text, name)
  }
  return name
}

/** The first key that a command names. */
export function firstKey(args: readonly string[]): string | undefined {
  return args[0] === "EVALSHA" || args[0] === "EVAL" ? args[3] : args[1]
}
