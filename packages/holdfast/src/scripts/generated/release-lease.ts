// Generated from scripts/release-lease.lua by tools/generate-scripts.mjs. Do not edit.

/** gives a lease back unfilled, if it is still recorded. */
export const releaseLease: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "release-lease",
  sha1: "a53b75e09c84c31c771a3a81acb5c7e0c3a3bdd7",
  numberOfKeys: 1,
  lua: String.raw`local function server_now()
local time = redis.call("TIME")
return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function read_record(key, now)
local record = { windows = {}, others = {} }
local text = redis.pcall("GET", key)
if type(text) ~= "string" then return record end
for line in string.gmatch(text, "[^\n]+") do
local kind, name, deadline, flag = string.match(line, "^(%S+) (%S+) (%d+) ?([01]?)$")
deadline = tonumber(deadline)
if kind == "lease" then
record.lease = { token = name, deadline = deadline, waited = flag == "1" }
elseif kind == "tombstone" then
record.tombstone = { version = name, deadline = deadline }
elseif kind ~= "window" then
table.insert(record.others, line)
elseif deadline >= now then
table.insert(record.windows, { id = name, deadline = deadline, overlapped = flag == "1" })
end
end
if not record.lease and record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
return record
end
local function write_record(key, record, now)
local lines, last = {}, now
local function add(line, deadline)
table.insert(lines, line)
last = math.max(last, deadline)
end
local lease, tombstone = record.lease, record.tombstone
if lease then
add(string.format("lease %s %.0f %d", lease.token, lease.deadline, lease.waited and 1 or 0), lease.deadline)
end
for _, window in ipairs(record.windows) do
local flag = window.overlapped and 1 or 0
add(string.format("window %s %.0f %d", window.id, window.deadline, flag), window.deadline)
end
if tombstone and (lease or tombstone.deadline >= now) then
add(string.format("tombstone %s %.0f", tombstone.version, tombstone.deadline), tombstone.deadline)
end
for _, line in ipairs(record.others) do
add(line, tonumber(string.match(line, "^%S+ %S+ (%d+)")) or 0)
end
if last > now then
redis.call("SET", key, table.concat(lines, "\n"), "PX", last - now)
else
redis.call("DEL", key)
end
end
local function wake(channel, reason, value_key)
redis.call("PUBLISH", channel, reason .. value_key)
end
local now = server_now()
local record = read_record(KEYS[1], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "gone" end
record.lease = nil
redis.call("DEL", KEYS[1])
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
