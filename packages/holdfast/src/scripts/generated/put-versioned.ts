// Generated from scripts/put-versioned.lua by tools/generate-scripts.mjs. Do not edit.

/** replaces a stored value by a newer version of it. */
export const putVersioned: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "put-versioned",
  sha1: "130d664184420659639d14887f7414cbcb639f4f",
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
local function is_older(version, record, value_key)
local floor = record.tombstone and record.tombstone.version or ""
if version == "" then return floor ~= "" end
if version < floor then return true end
return version < version_of(read_head(value_key))
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
local function store_write(value_key, control_key, record, write, now)
local stored = redis.pcall("SET", value_key, write.entry, "PX", write.keep_ms)
if stored.err then return false end
void(record)
write_record(control_key, record, now)
wake(write.channel, "i", value_key)
return true
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
local record = read_record(KEYS[2], now)
local version = version_of(ARGV[1])
if version ~= "" then
if is_older(version, record, KEYS[1]) then return "older" end
local stored = read_head(KEYS[1])
if version_of(stored) ~= "" and fresh_until(stored) > 0 then
local write = { entry = ARGV[1], keep_ms = ARGV[2], channel = ARGV[6] }
if store_write(KEYS[1], KEYS[2], record, write, now) then return "stored" end
end
end
local change = { mode = ARGV[3], version = ARGV[4], tombstone_ms = tonumber(ARGV[5]), channel = ARGV[6] }
invalidate(KEYS[1], KEYS[2], record, change, now)
return "invalidated"`,
}

/** Keys and arguments of put-versioned.lua by name. */
export interface PutVersionedCall {
  /** KEYS: the entry */
  readonly value: string
  /** KEYS: its control record */
  readonly control: string
  /** envelope and payload, with a version */
  readonly entry: string | Uint8Array
  /** how long the server keeps it */
  readonly keepMs: number
  /** of the invalidation: "drop" | "expire" */
  readonly mode: string | Uint8Array
  /** of the change, or "" */
  readonly version: string | Uint8Array
  /** how long older versions are refused */
  readonly tombstoneMs: number
  /** where those who wait are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function putVersionedCall(call: PutVersionedCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.entry, wholeMs(call.keepMs), call.mode, call.version, wholeMs(call.tombstoneMs), call.channel]]
}

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
