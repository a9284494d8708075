import { Draws } from "./draws.ts"
import { randomCommand } from "./random-commands.ts"
import { randomLua, wrongEval } from "./random-lua.ts"
import { randomScript, storedEntry, storedTag, strangeRecord } from "./random-scripts.ts"

/** A state of a server in which it refuses some or all. */
export type ServerState = "" | "OOM" | "READONLY" | "READONLY-OOM" | "MASTERDOWN"

export type Step =
  | { readonly is: "command"; readonly args: readonly string[] }
  /** The server does nothing for a while. */
  | { readonly is: "sleep"; readonly ms: number }
  | { readonly is: "state"; readonly state: ServerState }

/** What is done to one server, from an empty one on. */
export interface Sequence {
  readonly seed: number
  /** Whether the server knows no script at the start, instead of all of the library's. */
  readonly isCold: boolean
  readonly steps: readonly Step[]
}

/** The same sequence for the same seed, but for deadlines that are counted from now. */
export function sequenceOf(seed: number, nowMs: number): Sequence {
  const draws = new Draws(seed)
  const scripts = draws.weighted([
    [1, 0],
    [1, 6],
    [3, 60],
  ])
  const isCold = draws.chance(0.15)
  const steps: Step[] = []
  const length = 3 + draws.below(22)
  while (steps.length < length) {
    const step = draws.weighted<() => Step>([
      [10, () => ({ is: "command", args: randomCommand(draws) })],
      [scripts, () => ({ is: "command", args: randomScript(draws) })],
      [scripts / 15, () => ({ is: "command", args: storedEntry(draws) })],
      [scripts / 30, () => ({ is: "command", args: storedTag(draws) })],
      [2, () => ({ is: "command", args: randomLua(draws) })],
      [0.3, () => ({ is: "command", args: wrongEval(draws, isCold) })],
      [0.5, () => ({ is: "command", args: strangeRecord(draws, nowMs) })],
      [isCold ? 0.5 : 0, () => ({ is: "command", args: ["SCRIPT", "FLUSH"] })],
      [0.4, () => ({ is: "sleep", ms: 1 + draws.below(4) })],
      [0.3, () => ({ is: "state", state: draws.of("", "", "OOM", "OOM", "READONLY", "READONLY-OOM", "MASTERDOWN") })],
    ])
    steps.push(step())
  }
  return { seed, isCold, steps }
}
