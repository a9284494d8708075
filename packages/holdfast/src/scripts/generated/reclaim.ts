// Generated from scripts/reclaim.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { envelopeLua } from "./includes/envelope.ts"
import { tagSectionLua } from "./includes/tag-section.ts"
import { voidLua } from "./includes/void.ts"
import { wholeMs } from "../whole-ms.ts"

/** removes an entry that is dead by a tag, and nothing else: neither one that was stored since, nor a lease nor a window. */
export const reclaim: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "reclaim",
  sha1: "d6542c79a384c2b00a25517d9826f682e2e8da19",
  lua:
    nowLua +
    controlRecordLua +
    envelopeLua +
    tagSectionLua +
    voidLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[2], now)
local is_busy = record.lease ~= nil or #record.windows > 0
local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if head == "" then return is_busy and "stays" or "gone" end
if type(head) ~= "string" or not is_entry(head) then return "stays" end
if not is_dead_by(KEYS[1], head, ARGV[1], ARGV[2], tonumber(ARGV[3])) then return "stays" end
local version = version_of(head)
if version ~= "" then
begin_writing(KEYS[2])
local left = math.max(1, math.min(redis.call("PTTL", KEYS[1]), tonumber(ARGV[4])))
raise_tombstone(record, version, left, now)
write_record(KEYS[2], record, now)
end
redis.call("DEL", KEYS[1])
return is_busy and "freed-busy" or "freed"`,
}

/** Keys and arguments of reclaim.lua by name. */
export interface ReclaimCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** its name */
  readonly tag: string | Uint8Array
  /** of the tag clock, 16 bytes */
  readonly era: string | Uint8Array
  /** of the tag clock: what recorded an earlier time is dead for good */
  readonly counter: string | Uint8Array
  /** how long older versions are refused, but not longer than the entry would have refused them */
  readonly tombstoneMs: number
}

/** Puts keys and arguments in the order of the script. */
export function reclaimCall(call: ReclaimCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.tag, call.era, call.counter, wholeMs(call.tombstoneMs)]]
}
