// Generated from scripts/read-events.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { eventHeadLua } from "./includes/event-head.ts"

/** takes or prolongs the lease of a reader, keeps how far it has come, and tells what follows. */
export const readEvents: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "read-events",
  sha1: "a7aab25bef6e852525da206a0b14914745540abd",
  lua:
    nowLua +
    eventHeadLua +
    String.raw`local NOWHERE = "- 0 0-0"
local function numbers_of(id)
local ms, sequence = string.match(id, "^(%d+)%-(%d+)$")
return tonumber(ms), tonumber(sequence)
end
local function is_before(a, b)
local a_ms, a_sequence = numbers_of(a)
local b_ms, b_sequence = numbers_of(b)
return a_ms < b_ms or (a_ms == b_ms and a_sequence < b_sequence)
end
local now = server_now()
local head = event_head(KEYS[1], KEYS[2], ARGV[5], ARGV[6])
local place, token, deadline =
string.match(redis.call("GET", KEYS[3]) or "", "^([%x-]+ %d+ %d+%-%d+) (%x+) (%d+)$")
place = place or NOWHERE
if token and token ~= ARGV[1] and tonumber(deadline) > now then
return { now, string.format("%.0f", tonumber(deadline) - now), event_place(head), place, {} }
end
if ARGV[4] ~= "" and token == ARGV[1] then place = ARGV[4] end
local ends = string.format("%.0f", ARGV[2] == "0" and 0 or now + tonumber(ARGV[2]))
redis.call("PEXPIRE", KEYS[2], ARGV[7])
if not head.known then keep_event_head(KEYS[2], head, ARGV[5], ARGV[7]) end
redis.call("SET", KEYS[3], place .. " " .. ARGV[1] .. " " .. ends, "PX", ARGV[7])
if ARGV[2] == "0" then redis.call("PUBLISH", ARGV[9], "free") end
if ARGV[3] == "0" then return { now, "ours", event_place(head), place, {} } end
local era, id = string.match(ARGV[8] == "" and place or ARGV[8], "^(%S+) %d+ (%S+)$")
local from = era ~= head.era and is_before(head.id, id) and "-" or "(" .. id
return { now, "ours", event_place(head), place, redis.call("XRANGE", KEYS[1], from, "+", "COUNT", ARGV[3]) }`,
}

/** Keys and arguments of read-events.lua by name. */
export interface ReadEventsCall {
  /** KEYS: of the event */
  readonly stream: string
  /** KEYS: what was published last */
  readonly head: string
  /** KEYS: how far it has come */
  readonly reader: string
  /** of who asks, in hex */
  readonly token: string | Uint8Array
  /** in ms from now; "0" gives it up */
  readonly lease: string | Uint8Array
  /** how many events at most, or "0" */
  readonly limit: string | Uint8Array
  /** "<era> <count> <id>": how far this one has come, or "" */
  readonly reached: string | Uint8Array
  /** run id of this server */
  readonly run: string | Uint8Array
  /** 32 random hex characters, for an era that begins here */
  readonly era: string | Uint8Array
  /** how long what is known of the reader is kept, in ms */
  readonly keep: string | Uint8Array
  /** "<era> <count> <id>": the place to read from, if it is not the one that is kept, or "" */
  readonly after: string | Uint8Array
  /** on which others are told that the lease was given up */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function readEventsCall(call: ReadEventsCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.stream, call.head, call.reader], [call.token, call.lease, call.limit, call.reached, call.run, call.era, call.keep, call.after, call.channel]]
}
