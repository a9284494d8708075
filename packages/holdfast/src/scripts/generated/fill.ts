// Generated from scripts/fill.lua by tools/generate-scripts.mjs. Do not edit.

/** stores what was loaded under a lease, if that lease is still recorded and nothing newer is known. */
export const fill: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "fill",
  sha1: "d8806d28dc1867502438cb5b60f783f4a5de1048",
  numberOfKeys: 2,
  lua: String.raw`local HEAD_BYTES = 64 + 255
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
local text = redis.pcall("GET", KEYS[2])
local own = "lease " .. ARGV[1] .. " "
local alone = type(text) == "string" and string.sub(text, 1, #own) == own and string.find(text, "^%d+ 0$", #own + 1)
if alone and version_of(ARGV[2]) == "" and redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3]).ok then
redis.call("DEL", KEYS[2])
return "stored"
end
local function server_now()
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
local function is_older(version, record, value_key)
local floor = record.tombstone and record.tombstone.version or ""
if version == "" then return floor ~= "" end
if version < floor then return true end
return version < version_of(read_head(value_key))
end
local function wake(channel, reason, value_key)
redis.call("PUBLISH", channel, reason .. value_key)
end
local now = server_now()
local record = read_record(KEYS[2], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "lost" end
local answer = "older"
if not is_older(version_of(ARGV[2]), record, KEYS[1]) then
answer = redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
if answer.ok then answer = "stored" end
end
record.lease = nil
if answer ~= "stored" then redis.call("DEL", KEYS[2]) end
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

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
