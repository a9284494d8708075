// Generated from scripts/raise-tombstone.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { voidLua } from "./includes/void.ts"
import { wholeMs } from "../whole-ms.ts"

/** forbids versions older than one that was dropped, and leaves everything else as it is. */
export const raiseTombstone: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "raise-tombstone",
  sha1: "4c9d82058d7bd249b0f7348bd0a1ff564c46ce64",
  lua:
    nowLua +
    controlRecordLua +
    voidLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
raise_tombstone(record, ARGV[1], tonumber(ARGV[2]), now)
write_record(KEYS[1], record, now)
return "raised"`,
}

/** Keys and arguments of raise-tombstone.lua by name. */
export interface RaiseTombstoneCall {
  /** KEYS: the control record */
  readonly control: string
  /** that was dropped */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
}

/** Puts keys and arguments in the order of the script. */
export function raiseTombstoneCall(call: RaiseTombstoneCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.version, wholeMs(call.tombstoneMs)]]
}
