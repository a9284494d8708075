// Generated from scripts/includes/tag-record.lua by tools/generate-scripts.mjs. Do not edit.

export const tagRecordLua: string = String.raw`local HALF_MADE = "-"
local function read_tag(text)
if type(text) ~= "string" then return nil end
local era, counter, incarnation = string.match(text, "^([%x-]+) (%d+) (%x+)$")
if not era then return nil end
return { text = text, era = era, counter = tonumber(counter), incarnation = incarnation }
end
local function write_tag(key, text, keep_ms)
local life = math.max(redis.call("PTTL", key), tonumber(keep_ms))
redis.call("SET", key, text, "PX", string.format("%.0f", life))
return text
end
local function prolong_tag(key, keep_ms)
if redis.call("PTTL", key) < tonumber(keep_ms) then redis.call("PEXPIRE", key, keep_ms) end
end
`
