// Generated from scripts/invalidate-value.lua by tools/generate-scripts.mjs. Do not edit.
import { envelopeLua } from "./includes/envelope.ts"
import { dropLua } from "./includes/drop.ts"
import { wholeMs } from "../whole-ms.ts"

/** the second step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateValue: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "invalidate-value",
  sha1: "594b476df4513137db913dc348d309903201dfab",
  lua:
    envelopeLua +
    dropLua +
    String.raw`return drop(KEYS[1], ARGV[1], ARGV[2])`,
}

/** Keys and arguments of invalidate-value.lua by name. */
export interface InvalidateValueCall {
  /** KEYS: the entry */
  readonly value: string
  /** "drop" | "expire" */
  readonly mode: string | Uint8Array
  /** how long an expired value may still be kept */
  readonly graceMs: number
}

/** Puts keys and arguments in the order of the script. */
export function invalidateValueCall(call: InvalidateValueCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value], [call.mode, wholeMs(call.graceMs)]]
}
