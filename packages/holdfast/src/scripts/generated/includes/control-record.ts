// Generated from scripts/includes/control-record.lua by tools/generate-scripts.mjs. Do not edit.

export const controlRecordLua: string = String.raw`local function read_record(key, now)
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
elseif kind == "strict" then
local run, birth = string.match(name, "^(%x+)/(%d+)$")
if run then record.strict = { run = run, birth = tonumber(birth), deadline = deadline } end
elseif kind ~= "window" then
table.insert(record.others, line)
elseif deadline >= now then
table.insert(record.windows, { id = name, deadline = deadline, overlapped = flag == "1" })
end
end
if not record.lease and record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
return record
end
local function begin_writing(key)
redis.call("PEXPIRE", key, 86400000)
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
if record.strict then
local strict = record.strict
add(string.format("strict %s/%.0f %.0f", strict.run, strict.birth, strict.deadline), strict.deadline)
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
`
