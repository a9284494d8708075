// Generated from scripts/invalidate-control.lua by tools/generate-scripts.mjs. Do not edit.

/** the first step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateControl: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "invalidate-control",
  sha1: "d81c4ed8a4a0336acd7cf2e477bc77fa3adfaab3",
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
local function void(record)
record.lease = nil
for _, window in ipairs(record.windows) do window.overlapped = true end
end
local function raise_tombstone(record, version, tombstone_ms, now)
local known = record.tombstone or { version = "", deadline = 0 }
if version > known.version then known.version = version end
if known.version == "" then return end
known.deadline = math.max(known.deadline, now + tombstone_ms)
record.tombstone = known
end
local now = server_now()
local record = read_record(KEYS[1], now)
redis.call("DEL", KEYS[1])
void(record)
raise_tombstone(record, ARGV[1], tonumber(ARGV[2]), now)
write_record(KEYS[1], record, now)
return "invalidated"`,
}

/** Keys and arguments of invalidate-control.lua by name. */
export interface InvalidateControlCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the change, or "" */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
}

/** Puts keys and arguments in the order of the script. */
export function invalidateControlCall(call: InvalidateControlCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.version, wholeMs(call.tombstoneMs)]]
}

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
