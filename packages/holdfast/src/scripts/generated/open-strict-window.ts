// Generated from scripts/open-strict-window.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { voidLua } from "./includes/void.ts"
import { strictLua } from "./includes/strict.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { dropLua } from "./includes/drop.ts"
import { wakeLua } from "./includes/wake.ts"
import { wholeMs } from "../whole-ms.ts"

/** records that a writer is about to change the source, drops the value, and bars every fill until the last writer */
export const openStrictWindow: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "open-strict-window",
  sha1: "70378bcab8268248551f3834df810ba8ef850fc2",
  lua:
    nowLua +
    controlRecordLua +
    voidLua +
    strictLua +
    envelopeLua +
    dropLua +
    wakeLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[2], now)
open_strict(record, { id = ARGV[1], term_ms = tonumber(ARGV[2]), run = ARGV[3], keep_ms = tonumber(ARGV[4]) }, now)
raise_tombstone(record, drop(KEYS[1], "drop", 0), tonumber(ARGV[5]), now)
write_record(KEYS[2], record, now)
wake(ARGV[6], "i", KEYS[1])
return "opened"`,
}

/** Keys and arguments of open-strict-window.lua by name. */
export interface OpenStrictWindowCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** names the window */
  readonly id: string | Uint8Array
  /** how long it lives */
  readonly termMs: number
  /** of this server */
  readonly run: string | Uint8Array
  /** how long the record lives at least */
  readonly keepMs: number
  /** how long versions older than the dropped one are refused */
  readonly tombstoneMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function openStrictWindowCall(call: OpenStrictWindowCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.id, wholeMs(call.termMs), call.run, wholeMs(call.keepMs), wholeMs(call.tombstoneMs), call.channel]]
}
