// Generated from scripts/lease-strict.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { voidLua } from "./includes/void.ts"
import { strictLua } from "./includes/strict.ts"
import { grantLeaseLua } from "./includes/grant-lease.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { wholeMs } from "../whole-ms.ts"

/** grants the right to fill a key of which no read may get a value from before a committed change, or says why not. */
export const leaseStrict: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "lease-strict",
  sha1: "fd11da35bc975bda5a5c0c59331b20ed5a3c8d18",
  lua:
    nowLua +
    controlRecordLua +
    voidLua +
    strictLua +
    grantLeaseLua +
    envelopeLua +
    String.raw`local now = server_now()
local entry = redis.call("GET", KEYS[1])
if entry and (run_of(entry) ~= ARGV[5] or fresh_until(entry) <= now or entry_id(entry) == ARGV[3]) then entry = nil end
if entry and (ARGV[4] == "" or entry_id(entry) ~= ARGV[4]) then return { "hit", entry } end
local record = read_record(KEYS[2], now)
local known = record.strict and record.strict.run == ARGV[5]
local young = settle_strict(record, ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), now)
if young or #record.windows > 0 then
if not known then write_record(KEYS[2], record, now) end
return { "no-fill" }
end
return grant_lease(KEYS[2], record, { token = ARGV[1], life_ms = tonumber(ARGV[2]) }, entry, now)`,
}

/** Keys and arguments of lease-strict.lua by name. */
export interface LeaseStrictCall {
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
  /** of this server; an entry of another run counts as absent */
  readonly run: string | Uint8Array
  /** how long a window lives */
  readonly termMs: number
  /** how long the record lives at least */
  readonly keepMs: number
}

/** Puts keys and arguments in the order of the script. */
export function leaseStrictCall(call: LeaseStrictCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.token, wholeMs(call.leaseMs), call.rejected, call.early, call.run, wholeMs(call.termMs), wholeMs(call.keepMs)]]
}
