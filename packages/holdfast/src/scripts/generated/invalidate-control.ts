// Generated from scripts/invalidate-control.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { voidLua } from "./includes/void.ts"
import { wholeMs } from "../whole-ms.ts"

/** the first step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateControl: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "invalidate-control",
  sha1: "811a22a76326ee05970c4f4e5ae4cd555e85d57e",
  lua:
    nowLua +
    controlRecordLua +
    voidLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
begin_writing(KEYS[1])
void(record)
raise_tombstone(record, ARGV[1], tonumber(ARGV[2]), now)
write_record(KEYS[1], record, now)
return "invalidated"`,
}

/** Keys and arguments of invalidate-control.lua by name. */
export interface InvalidateControlCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the change, or "" */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
}

/** Puts keys and arguments in the order of the script. */
export function invalidateControlCall(call: InvalidateControlCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.version, wholeMs(call.tombstoneMs)]]
}
