// Generated from scripts/close-window.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { versionsLua } from "./includes/versions.ts"
import { voidLua } from "./includes/void.ts"
import { wakeLua } from "./includes/wake.ts"
import { storeWriteLua } from "./includes/store-write.ts"
import { dropLua } from "./includes/drop.ts"
import { invalidationLua } from "./includes/invalidation.ts"
import { wholeMs } from "../whole-ms.ts"

/** ends a write. Its value is stored only if nothing else happened to the key meanwhile. */
export const closeWindow: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "close-window",
  sha1: "556b4a42eb0c27ee0f00053b85b92a6d77943004",
  lua:
    nowLua +
    controlRecordLua +
    envelopeLua +
    versionsLua +
    voidLua +
    wakeLua +
    storeWriteLua +
    dropLua +
    invalidationLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[2], now)
local own
for at, window in ipairs(record.windows) do
if window.id == ARGV[1] then own = table.remove(record.windows, at) break end
end
local storable = is_entry(ARGV[2]) and own and not own.overlapped
if storable and not is_older(version_of(ARGV[2]), record, KEYS[1]) then
local write = { entry = ARGV[2], keep_ms = ARGV[3], channel = ARGV[8] }
if store_write(KEYS[1], KEYS[2], record, write, now) then return "stored" end
end
local change =
{ mode = ARGV[4], grace_ms = ARGV[5], version = ARGV[6], tombstone_ms = tonumber(ARGV[7]), channel = ARGV[8] }
invalidate(KEYS[1], KEYS[2], record, change, now)
return "invalidated"`,
}

/** Keys and arguments of close-window.lua by name. */
export interface CloseWindowCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** of the window */
  readonly id: string | Uint8Array
  /** envelope and payload of the written value, or "" to invalidate only */
  readonly entry: string | Uint8Array
  /** how long the server keeps it */
  readonly keepMs: number
  /** of the invalidation: "drop" | "expire" */
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
export function closeWindowCall(call: CloseWindowCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.id, call.entry, wholeMs(call.keepMs), call.mode, wholeMs(call.graceMs), call.version, wholeMs(call.tombstoneMs), call.channel]]
}
