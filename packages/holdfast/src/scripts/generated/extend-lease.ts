// Generated from scripts/extend-lease.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { wholeMs } from "../whole-ms.ts"

/** prolongs a lease that is still recorded. Never creates one. */
export const extendLease: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "extend-lease",
  sha1: "35cabfad4d2ec22f1731eca9640106192a591923",
  lua:
    nowLua +
    controlRecordLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "gone" end
lease.deadline = math.max(lease.deadline, now + tonumber(ARGV[2]))
write_record(KEYS[1], record, now)
return "held"`,
}

/** Keys and arguments of extend-lease.lua by name. */
export interface ExtendLeaseCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the lease */
  readonly token: string | Uint8Array
  /** how long it lives from now */
  readonly leaseMs: number
}

/** Puts keys and arguments in the order of the script. */
export function extendLeaseCall(call: ExtendLeaseCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.token, wholeMs(call.leaseMs)]]
}
