// Generated from scripts/invalidate.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { dropLua } from "./includes/drop.ts"
import { voidLua } from "./includes/void.ts"
import { wakeLua } from "./includes/wake.ts"
import { invalidationLua } from "./includes/invalidation.ts"
import { wholeMs } from "../whole-ms.ts"

/** takes a value out of use after its source has changed. */
export const invalidate: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "invalidate",
  sha1: "e90e4d88e10bfc6b1d142a1627c10d880b7f7704",
  lua:
    nowLua +
    controlRecordLua +
    envelopeLua +
    dropLua +
    voidLua +
    wakeLua +
    invalidationLua +
    String.raw`local now = server_now()
local change =
{ mode = ARGV[1], grace_ms = ARGV[2], version = ARGV[3], tombstone_ms = tonumber(ARGV[4]), channel = ARGV[5] }
invalidate(KEYS[1], KEYS[2], read_record(KEYS[2], now), change, now)
return "invalidated"`,
}

/** Keys and arguments of invalidate.lua by name. */
export interface InvalidateCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** "drop" removes the value; "expire" leaves it to be served stale while it is refreshed */
  readonly mode: string | Uint8Array
  /** how long an expired value may still be kept */
  readonly graceMs: number
  /** of the change, or "" */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function invalidateCall(call: InvalidateCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.mode, wholeMs(call.graceMs), call.version, wholeMs(call.tombstoneMs), call.channel]]
}
