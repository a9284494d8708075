// Generated from scripts/lease.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { grantLeaseLua } from "./includes/grant-lease.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { wholeMs } from "../whole-ms.ts"

/** grants the right to fill a key, or says why not. */
export const lease: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "lease",
  sha1: "c76265492effbdc036b207ce08e0cd57e0de2b4c",
  lua:
    nowLua +
    String.raw`local now = server_now()
local entry = redis.call("GET", KEYS[1])
if not entry then
local deadline = now + tonumber(ARGV[2])
local made = redis.pcall("SET", KEYS[2], string.format("lease %s %.0f 0", ARGV[1], deadline), "PX", ARGV[2], "NX")
if made and made.ok then return { "win", deadline } end
end
` +
    controlRecordLua +
    grantLeaseLua +
    envelopeLua +
    String.raw`if entry and (not is_entry(entry) or ARGV[3] ~= "" and entry_id(entry) == ARGV[3]) then entry = nil end
if entry and fresh_until(entry) > now and (ARGV[4] == "" or entry_id(entry) ~= ARGV[4]) then return { "hit", entry } end
local record = read_record(KEYS[2], now)
return grant_lease(KEYS[2], record, { token = ARGV[1], life_ms = tonumber(ARGV[2]) }, entry, now)`,
}

/** Keys and arguments of lease.lua by name. */
export interface LeaseCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** names the lease, if it is granted */
  readonly token: string | Uint8Array
  /** how long it lives */
  readonly leaseMs: number
  /** id of an entry that the caller found dead and that counts as absent, or "" */
  readonly rejected: string | Uint8Array
  /** id of a fresh entry that the caller refreshes early and that counts as past its ttl, or "" */
  readonly early: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function leaseCall(call: LeaseCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.token, wholeMs(call.leaseMs), call.rejected, call.early]]
}
