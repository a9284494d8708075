// Generated from scripts/open-strict-control.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { voidLua } from "./includes/void.ts"
import { strictLua } from "./includes/strict.ts"
import { wholeMs } from "../whole-ms.ts"

/** the first step of opening a strict window by one-key scripts, for a slot that is on the move. */
export const openStrictControl: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "open-strict-control",
  sha1: "4f8cd82cd8b961d947fdb67ab5b088061c70c267",
  lua:
    nowLua +
    controlRecordLua +
    voidLua +
    strictLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
open_strict(record, { id = ARGV[1], term_ms = tonumber(ARGV[2]), run = ARGV[3], keep_ms = tonumber(ARGV[4]) }, now)
write_record(KEYS[1], record, now)
return "opened"`,
}

/** Keys and arguments of open-strict-control.lua by name. */
export interface OpenStrictControlCall {
  /** KEYS: the control record */
  readonly control: string
  /** names the window */
  readonly id: string | Uint8Array
  /** how long it lives */
  readonly termMs: number
  /** of this server */
  readonly run: string | Uint8Array
  /** how long the record lives at least */
  readonly keepMs: number
}

/** Puts keys and arguments in the order of the script. */
export function openStrictControlCall(call: OpenStrictControlCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.id, wholeMs(call.termMs), call.run, wholeMs(call.keepMs)]]
}
