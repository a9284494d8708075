// Generated from scripts/lease.lua by tools/generate-scripts.mjs. Do not edit.

/** grants the right to fill a key, or says why not. */
export const lease: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "lease",
  sha1: "ef9e3108206467cde1c6f8fd87dd9a1b5ca3ae52",
  numberOfKeys: 2,
  lua: String.raw`local function server_now()
local time = redis.call("TIME")
return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local now = server_now()
local entry = redis.call("GET", KEYS[1])
if not entry then
local line = string.format("lease %s %.0f 0", ARGV[1], now + tonumber(ARGV[2]))
local made = redis.pcall("SET", KEYS[2], line, "PX", ARGV[2], "NX")
if made and made.ok then return { "win" } end
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
if entry and (not is_entry(entry) or ARGV[3] ~= "" and entry_id(entry) == ARGV[3]) then entry = nil end
if entry and fresh_until(entry) > now then return { "hit", entry } end
local record = read_record(KEYS[2], now)
local held = record.lease
if held and held.deadline >= now then
if entry then return { "stale", entry } end
if not held.waited then
held.waited = true
write_record(KEYS[2], record, now)
end
return { "wait" }
end
record.lease = { token = ARGV[1], deadline = now + tonumber(ARGV[2]), waited = held ~= nil and held.waited }
if record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
write_record(KEYS[2], record, now)
if entry then return { "stale-win", entry } end
return { "win" }`,
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
}

/** Puts keys and arguments in the order of the script. */
export function leaseCall(call: LeaseCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value, call.control], [call.token, wholeMs(call.leaseMs), call.rejected]]
}

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
