// Generated from scripts/release-lease.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { wakeLua } from "./includes/wake.ts"

/** gives a lease back unfilled, if it is still recorded. */
export const releaseLease: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "release-lease",
  sha1: "5360beb8eda20fb50ec3257255b389efb44edc44",
  lua:
    nowLua +
    controlRecordLua +
    wakeLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "gone" end
record.lease = nil
begin_writing(KEYS[1])
write_record(KEYS[1], record, now)
if lease.waited then wake(ARGV[3], ARGV[2], ARGV[4]) end
return "released"`,
}

/** Keys and arguments of release-lease.lua by name. */
export interface ReleaseLeaseCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the lease */
  readonly token: string | Uint8Array
  /** first letter of the message to those who wait: "x" the load failed, "r" it was given up */
  readonly reason: string | Uint8Array
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
  /** name of the entry in that message */
  readonly valueKey: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function releaseLeaseCall(call: ReleaseLeaseCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.token, call.reason, call.channel, call.valueKey]]
}
