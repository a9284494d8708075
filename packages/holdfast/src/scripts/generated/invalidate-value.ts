// Generated from scripts/invalidate-value.lua by tools/generate-scripts.mjs. Do not edit.
import { envelopeLua } from "./includes/envelope.ts"
import { dropLua } from "./includes/drop.ts"

/** the second step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateValue: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "invalidate-value",
  sha1: "5daaca8f9ff9ae1e5994dd290250d42b1b2d4bfb",
  lua:
    envelopeLua +
    dropLua +
    String.raw`return drop(KEYS[1], ARGV[1])`,
}

/** Keys and arguments of invalidate-value.lua by name. */
export interface InvalidateValueCall {
  /** KEYS: the entry */
  readonly value: string
  /** "drop" | "expire" */
  readonly mode: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function invalidateValueCall(call: InvalidateValueCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value], [call.mode]]
}
