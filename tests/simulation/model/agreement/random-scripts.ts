import { libraryScripts } from "holdfast/testing"
import type { Draws } from "./draws.ts"
import { anyMs, keys } from "./random-commands.ts"

const { value, control, other } = keys
const channel = "{e}:wake"

const anyName = (draws: Draws): string => draws.of("token-a", "token-a", "token-a", "token-b", "token-b", "token-c")
const anyVersion = (draws: Draws): string => draws.of("", "", "01", "02", "0f", "0f01")
const anyMode = (draws: Draws): string => draws.of("drop", "expire")

function anyLife(draws: Draws): string {
  return draws.chance(0.97) ? draws.of("1", "2", "3", "1000", "1000", "60000", "60000", "60000", "60000") : anyMs(draws)
}

/** An entry as the library stores it, or something that is none. */
function anyEntry(draws: Draws): string {
  if (draws.chance(0.1)) return draws.of("", "garbage", "HF\x01", `HF\x02${"\0".repeat(90)}`)
  const freshUntil = draws.of("\0\0\0\0\0\0\0\0", "\0\0\x01\0\0\0\0\0", "\0\0\x7f\0\0\0\0\0", "\0\0\x7f\0\0\0\0\0")
  const id = draws.of("\x01".repeat(16), "\xab".repeat(16))
  const version = draws.of("", "01", "02", "0f")
  const run = draws.of("", "", "\x11".repeat(8), "\x22".repeat(8))
  const head = `HF\x01${run === "" ? "\0" : "\x02"}${"\0".repeat(4)}${freshUntil}${"\0".repeat(8)}${id}${"\0".repeat(21)}`
  return `${head}${String.fromCharCode(version.length)}\0\0${version}${run}payload${draws.below(3)}`
}

const anyEra = (draws: Draws): string => draws.of("a1", "a1", "a1", "b2")
const anyCounter = (draws: Draws): string => draws.of("0", "1", "2", "3", "900719925474099")
const anyIncarnation = (draws: Draws): string => draws.of("01", "01", "02")

/** Puts a tag or a tag clock there, or something that is almost one. */
export function storedTag(draws: Draws): readonly string[] {
  const tag = `${draws.of("-", "a1", "b2")} ${anyCounter(draws)} ${anyIncarnation(draws)}`
  const strange = draws.of("a1 1", "a1 -1 01", "a1  1 01", "a1 1 01 ", "- - 01", "g1 1 01", "a1 1 run-1\n")
  const [key, text] = draws.of([other, tag], [other, strange], [control, `a1 ${anyCounter(draws)} run-1`])
  return ["SET", key, text, ...(draws.chance(0.8) ? ["PX", anyLife(draws)] : [])]
}

/** Puts an entry there without asking anybody, with a record of its tags or without one; or lists one. */
export function storedEntry(draws: Draws): readonly string[] {
  if (draws.chance(0.2)) return ["ZADD", other, draws.of("5", "4444444444444"), draws.of("m", value)]
  if (draws.chance(0.4)) return ["SET", value, taggedEntry(draws), "PX", anyLife(draws)]
  return ["SET", value, anyEntry(draws), "PX", anyLife(draws)]
}

/** An entry that says which tags it carries, now and then with a wrong length of that record. */
function taggedEntry(draws: Draws): string {
  const section = draws.of(
    "",
    `${draws.of("\x0a", "\x0b").repeat(16)}${"\0".repeat(7)}${draws.of("\x01", "\x02")}${draws.of("", "\0\x01t", "\0\x01u\0\x01t", "\0\x05t", "\0")}`,
  )
  const version = draws.of("", "02")
  const length = String.fromCharCode(draws.chance(0.9) ? section.length : 200)
  const head = `HF\x01${"\0".repeat(5)}\0\0\x7f${"\0".repeat(13)}${"\xab".repeat(16)}${"\0".repeat(21)}`
  return `${head}${String.fromCharCode(version.length)}\0${length}${version}${section}payload`
}

const anyState = (draws: Draws): string => draws.of("0a", "0a", "0b")

/** What is listed ends so far apart that it does in one order on every machine. */
function listing(draws: Draws, life: DrawLife): string {
  const first = Number(life(draws)) || 1
  const [one, two] = [`${first} ${value}`, `${first + 5000} m`]
  return draws.of(one, `${one}\n${two}`, two, "", `${one}\n${one}`)
}

/** Of an entry, or none. */
const anyId = (draws: Draws): string => draws.of("", "", "01".repeat(16), "ab".repeat(16))

/** Draws how long something lives, in ms. */
export type DrawLife = (draws: Draws) => string

type Operands = (draws: Draws, life: DrawLife) => { readonly keys: readonly string[]; readonly args: readonly string[] }

const change = (draws: Draws, life: DrawLife): string[] => [
  anyMode(draws),
  life(draws),
  anyVersion(draws),
  life(draws),
  channel,
]

const renewal = (draws: Draws, life: DrawLife): string[] => [
  draws.of("01", "ab").repeat(16),
  draws.of("1", "1099511627777", "139637976727553", "139637976999999"),
  life(draws),
]

const anyServer = (draws: Draws): string => draws.of("run-1", "run-1", "run-2", "")
const anyPlace = (draws: Draws): string => draws.of("", "", "", "a1 1 1-1", "b2 3 4444444444444-7", "a1 0 0-0")

const anyRun = (draws: Draws): string => draws.of("11", "11", "22").repeat(8)

const operands: Readonly<Record<string, Operands>> = {
  beat: (draws, life) => ({ keys: [draws.of(value, control)], args: [life(draws), channel, draws.of("a", "b")] }),
  lease: (draws, life) => ({
    keys: [value, control],
    args: [anyName(draws), life(draws), anyId(draws), draws.chance(0.7) ? "" : anyId(draws)],
  }),
  fill: (draws, life) => ({ keys: [value, control], args: [anyName(draws), anyEntry(draws), life(draws), channel] }),
  "extend-lease": (draws, life) => ({ keys: [control], args: [anyName(draws), life(draws)] }),
  "release-lease": (draws) => ({ keys: [control], args: [anyName(draws), draws.of("x", "r"), channel, value] }),
  "open-window": (draws, life) => ({ keys: [control], args: [anyName(draws), life(draws)] }),
  "lease-strict": (draws, life) => ({
    keys: [value, control],
    args: [anyName(draws), life(draws), anyId(draws), anyId(draws), anyRun(draws), life(draws), life(draws)],
  }),
  "open-strict-window": (draws, life) => ({
    keys: [value, control],
    args: [anyName(draws), life(draws), anyRun(draws), life(draws), life(draws), channel],
  }),
  "open-strict-control": (draws, life) => ({
    keys: [control],
    args: [anyName(draws), life(draws), anyRun(draws), life(draws)],
  }),
  "raise-tombstone": (draws, life) => ({ keys: [control], args: [anyVersion(draws), life(draws)] }),
  "extend-window": (draws, life) => ({ keys: [control], args: [anyName(draws), life(draws)] }),
  "close-window": (draws, life) => ({
    keys: [value, control],
    args: [anyName(draws), anyEntry(draws), life(draws), ...change(draws, life)],
  }),
  "put-versioned": (draws, life) => ({
    keys: [value, control],
    args: [anyEntry(draws), life(draws), ...change(draws, life)],
  }),
  invalidate: (draws, life) => ({ keys: [value, control], args: change(draws, life) }),
  "invalidate-control": (draws, life) => ({ keys: [control], args: [anyVersion(draws), life(draws)] }),
  renew: (draws, life) => ({ keys: [value], args: renewal(draws, life) }),
  "keep-unchanged": (draws, life) => ({
    keys: [value, control],
    args: [anyName(draws), ...renewal(draws, life), channel],
  }),
  "tag-clock": (draws) => ({
    keys: [control],
    args: [
      draws.of("read", "advance"),
      draws.of("run-1", "run-1", "run-2", ""),
      anyEra(draws),
      draws.of("0", "0", "0", "1000", "60000"),
    ],
  }),
  "begin-tag": (draws, life) => ({ keys: [other], args: [anyIncarnation(draws), anyEra(draws), life(draws)] }),
  "complete-tag": (draws, life) => ({
    keys: [other],
    args: [anyIncarnation(draws), anyEra(draws), anyCounter(draws), life(draws), channel],
  }),
  "invalidate-tag": (draws) => ({ keys: [other], args: [anyEra(draws), anyCounter(draws), channel] }),
  "index-tag": (draws, life) => ({
    keys: [other],
    args: [draws.of("run-1", "run-1", "run-2"), anyState(draws), listing(draws, life)],
  }),
  "list-tag": (draws) => ({
    keys: [other],
    args: [draws.of("0", "0", "5", "4444444444444"), draws.of("1", "2", "100")],
  }),
  "unlist-entries": (draws) => ({
    keys: [other],
    args: [
      anyState(draws),
      anyState(draws),
      `${draws.of("4444444444444", "4444444444445")} ${value}\n${draws.of("5", "x")} m`,
    ],
  }),
  reclaim: (draws, life) => ({
    keys: [value, control],
    args: [draws.of("t", "u", ""), draws.of("\x0a", "\x0b").repeat(16), anyCounter(draws), life(draws)],
  }),
  "publish-event": (draws, life) => ({
    keys: [value, control],
    args: [
      anyIncarnation(draws),
      draws.of("data", "", "\0\xff"),
      anyServer(draws),
      anyEra(draws),
      "100",
      life(draws),
      channel,
    ],
  }),
  "read-events": (draws, life) => ({
    keys: [value, control, other],
    args: [
      draws.of("aa", "aa", "bb"),
      draws.chance(0.25) ? "0" : life(draws),
      draws.of("0", "1", "10"),
      anyPlace(draws),
      anyServer(draws),
      anyEra(draws),
      life(draws),
      anyPlace(draws),
      channel,
    ],
  }),
  "invalidate-value": (draws, life) => ({ keys: [value], args: [anyMode(draws), life(draws)] }),
}

/** What others depend on comes more often. */
const weights: Readonly<Record<string, number>> = {
  lease: 4,
  "publish-event": 2,
  "read-events": 2,
  "lease-strict": 2,
  fill: 2,
  "open-window": 2,
  "close-window": 2,
}

/** A call of any script of the library. */
export function randomScript(draws: Draws, life: DrawLife = anyLife): readonly string[] {
  const script = draws.weighted(libraryScripts.map((each) => [weights[each.name] ?? 1, each] as const))
  const make = operands[script.name]
  if (make === undefined) throw new Error(`Nothing is known of the operands of ${script.name}.`)
  const { keys, args } = make(draws, life)
  const [name, text] = draws.chance(0.5) ? ["EVALSHA", script.sha1] : ["EVAL", script.lua]
  return [name, text, String(keys.length), ...keys, ...args]
}

/** A record that a newer or a broken program left. */
export function strangeRecord(draws: Draws, nowMs: number): readonly string[] {
  const deadline = nowMs + draws.of(-5, 2, 50_000)
  const line = draws.of(
    `barrier of-tomorrow ${deadline} 1 two three`,
    "lease",
    "lease token-a soon 0",
    "\0\n\n window",
    `lease token-b ${deadline}`,
    `window token-a ${deadline} 0\nwindow token-b ${deadline} 1`,
    `tombstone 02 ${deadline}`,
    `strict ${"11".repeat(8)}/${nowMs - draws.of(0, 1, 50_000)} ${deadline}`,
    `strict soon ${deadline}`,
  )
  return ["SET", control, line, "PX", draws.of("2", "50000")]
}
