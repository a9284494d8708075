// Generated from scripts/extend-window.lua by tools/generate-scripts.mjs. Do not edit.

/** prolongs a window that is still recorded. Never creates one. */
export const extendWindow: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "extend-window",
  sha1: "b747e56091803e0512e3f04013a0c86fab69af6b",
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
local now = server_now()
local record = read_record(KEYS[1], now)
for _, window in ipairs(record.windows) do
if window.id == ARGV[1] then
window.deadline = math.max(window.deadline, now + tonumber(ARGV[2]))
write_record(KEYS[1], record, now)
return "held"
end
end
return "gone"`,
}

/** Keys and arguments of extend-window.lua by name. */
export interface ExtendWindowCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the window */
  readonly id: string | Uint8Array
  /** how long it lives from now */
  readonly windowMs: number
}

/** Puts keys and arguments in the order of the script. */
export function extendWindowCall(call: ExtendWindowCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.id, wholeMs(call.windowMs)]]
}

function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
