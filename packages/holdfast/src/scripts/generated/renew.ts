// Generated from scripts/renew.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { lifeLua } from "./includes/life.ts"
import { wholeMs } from "../whole-ms.ts"

/** lets a fresh entry live longer, because it was read. Does nothing if the key holds another entry by now, or a stale one. */
export const renew: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "renew",
  sha1: "4606c39c10a17738b6c685048cb7af677921a521",
  lua:
    nowLua +
    envelopeLua +
    lifeLua +
    String.raw`local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if type(head) ~= "string" or not is_entry(head) or entry_id(head) ~= ARGV[1] then return "other" end
local fresh = fresh_until(head)
local renewed = tonumber(ARGV[2])
if fresh <= server_now() or fresh >= renewed then return "other" end
if live_until(KEYS[1], renewed, ARGV[3]) then return "other" end
return "renewed"`,
}

/** Keys and arguments of renew.lua by name. */
export interface RenewCall {
  /** KEYS: the entry */
  readonly value: string
  /** of the entry that was read */
  readonly id: string | Uint8Array
  /** until when it is fresh; never shortens */
  readonly freshUntilMs: number
  /** how long the server keeps it from now */
  readonly keepMs: number
}

/** Puts keys and arguments in the order of the script. */
export function renewCall(call: RenewCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value], [call.id, wholeMs(call.freshUntilMs), wholeMs(call.keepMs)]]
}
