// Generated from scripts/invalidate.lua by tools/generate-scripts.mjs. Do not edit.

/** takes a value out of use after its source has changed. */
export const invalidate: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "invalidate",
  sha1: "b99025f5b9600bb798ce7a624a811c7b4bd749da",
  numberOfKeys: 2,
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
local HEAD_BYTES = 64 + 255
local function is_entry(bytes)
return #bytes >= 64 and string.sub(bytes, 1, 3) == "HF\1"
end
local function fresh_until(entry)
local high, low = struct.unpack(">I4I4", entry, 9)
return high * 4294967296 + low
end
local function version_of(bytes)
if not is_entry(bytes) then return "" end
return string.sub(bytes, 65, 64 + string.byte(bytes, 62))
end
local function entry_id(entry)
return (string.gsub(string.sub(entry, 25, 40), ".", function(byte)
return string.format("%02x", string.byte(byte))
end))
end
local function read_head(key)
return redis.call("GETRANGE", key, 0, HEAD_BYTES - 1)
end
local function drop(key, mode)
local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
if type(head) ~= "string" then return "" end
if mode == "expire" and is_entry(head) and type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) == "number" then
return ""
end
redis.call("DEL", key)
return version_of(head)
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
local function wake(channel, reason, value_key)
redis.call("PUBLISH", channel, reason .. value_key)
end
local function invalidate(value_key, control_key, record, change, now)
redis.call("DEL", control_key)
local dropped = drop(value_key, change.mode)
void(record)
raise_tombstone(record, change.version, change.tombstone_ms, now)
raise_tombstone(record, dropped, change.tombstone_ms, now)
write_record(control_key, record, now)
wake(change.channel, "i", value_key)
end
local now = server_now()
local change = { mode = ARGV[1], version = ARGV[2], tombstone_ms = tonumber(ARGV[3]), channel = ARGV[4] }
invalidate(KEYS[1], KEYS[2], read_record(KEYS[2], now), change, now)
return "invalidated"`,
}

/** Keys and arguments of invalidate.lua by name. */
export interface InvalidateCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** "drop" removes the value; "expire" leaves it to be served stale while it is refreshed */
  readonly mode: string | Uint8Array
  /** of the change, or "" */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function invalidateCall(call: InvalidateCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.mode, call.version, wholeMs(call.tombstoneMs), call.channel]]
}

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
