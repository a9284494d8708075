// Generated from scripts/keep-unchanged.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { versionsLua } from "./includes/versions.ts"
import { lifeLua } from "./includes/life.ts"
import { wakeLua } from "./includes/wake.ts"
import { wholeMs } from "../whole-ms.ts"

/** lets an entry live on, because a load under a lease has found its value unchanged. Does so only where a fill could. */
export const keepUnchanged: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "keep-unchanged",
  sha1: "d0d7c52b9e1289fe9d62f7124c65a13e55a58f6a",
  lua:
    nowLua +
    controlRecordLua +
    envelopeLua +
    versionsLua +
    lifeLua +
    wakeLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[2], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "lost" end
local answer = "gone"
local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if type(head) == "string" and is_entry(head) and entry_id(head) == ARGV[2] then
answer = "older"
if not is_older(version_of(head), record, KEYS[1]) then
answer = live_until(KEYS[1], tonumber(ARGV[3]), ARGV[4]) or "kept"
end
end
record.lease = nil
if answer ~= "kept" then begin_writing(KEYS[2]) end
write_record(KEYS[2], record, now)
if lease.waited then wake(ARGV[5], answer == "kept" and "f" or "r", KEYS[1]) end
return answer`,
}

/** Keys and arguments of keep-unchanged.lua by name. */
export interface KeepUnchangedCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** of the lease */
  readonly token: string | Uint8Array
  /** of the entry whose value is unchanged */
  readonly id: string | Uint8Array
  /** until when it is fresh */
  readonly freshUntilMs: number
  /** how long the server keeps it from now */
  readonly keepMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function keepUnchangedCall(call: KeepUnchangedCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.token, call.id, wholeMs(call.freshUntilMs), wholeMs(call.keepMs), call.channel]]
}
