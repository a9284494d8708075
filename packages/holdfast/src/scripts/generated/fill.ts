// Generated from scripts/fill.lua by tools/generate-scripts.mjs. Do not edit.
import { envelopeLua } from "./includes/envelope.ts"
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { versionsLua } from "./includes/versions.ts"
import { wakeLua } from "./includes/wake.ts"
import { wholeMs } from "../whole-ms.ts"

/** stores what was loaded under a lease, if that lease is still recorded and nothing newer is known. */
export const fill: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "fill",
  sha1: "813669ff87783974a416425b81189a681ff09fa6",
  lua:
    envelopeLua +
    String.raw`local text = redis.pcall("GET", KEYS[2])
local own = "lease " .. ARGV[1] .. " "
local alone = type(text) == "string" and string.sub(text, 1, #own) == own and string.find(text, "^%d+ 0$", #own + 1)
if alone and version_of(ARGV[2]) == "" and redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3]).ok then
redis.call("DEL", KEYS[2])
return "stored"
end
` +
    nowLua +
    controlRecordLua +
    versionsLua +
    wakeLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[2], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "lost" end
local answer = "older"
if not is_older(version_of(ARGV[2]), record, KEYS[1]) then
answer = redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
if answer.ok then answer = "stored" end
end
record.lease = nil
if answer ~= "stored" then begin_writing(KEYS[2]) end
write_record(KEYS[2], record, now)
if lease.waited then wake(ARGV[4], answer == "stored" and "f" or "r", KEYS[1]) end
return answer`,
}

/** Keys and arguments of fill.lua by name. */
export interface FillCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** of the lease */
  readonly token: string | Uint8Array
  /** envelope and payload */
  readonly entry: string | Uint8Array
  /** how long the server keeps it */
  readonly keepMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function fillCall(call: FillCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.token, call.entry, wholeMs(call.keepMs), call.channel]]
}
