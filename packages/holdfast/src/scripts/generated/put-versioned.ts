// Generated from scripts/put-versioned.lua by tools/generate-scripts.mjs. Do not edit.
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

/** replaces a stored value by a newer version of it. */
export const putVersioned: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "put-versioned",
  sha1: "52fe85ab7df243e8a97acabbc58d991330c54361",
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
local version = version_of(ARGV[1])
if version ~= "" then
if is_older(version, record, KEYS[1]) then return "older" end
local stored = read_head(KEYS[1])
if version_of(stored) ~= "" and fresh_until(stored) > 0 then
local write = { entry = ARGV[1], keep_ms = ARGV[2], channel = ARGV[7] }
if store_write(KEYS[1], KEYS[2], record, write, now) then return "stored" end
end
end
local change =
{ mode = ARGV[3], grace_ms = ARGV[4], version = ARGV[5], tombstone_ms = tonumber(ARGV[6]), channel = ARGV[7] }
invalidate(KEYS[1], KEYS[2], record, change, now)
return "invalidated"`,
}

/** Keys and arguments of put-versioned.lua by name. */
export interface PutVersionedCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** envelope and payload, with a version */
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
export function putVersionedCall(call: PutVersionedCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.entry, wholeMs(call.keepMs), call.mode, wholeMs(call.graceMs), call.version, wholeMs(call.tombstoneMs), call.channel]]
}
