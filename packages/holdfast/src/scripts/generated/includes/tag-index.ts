// Generated from scripts/includes/tag-index.lua by tools/generate-scripts.mjs. Do not edit.

export const tagIndexLua: string = String.raw`local function read_birth(key)
local text = redis.call("ZRANGE", key, -1, -1)[1]
if not text then return nil end
local born, run, state = string.match(text, "^#(%d+) (%S*) (%x+)$")
if born then return { text = text, born = born, run = run, state = state } end
end
local function write_birth(key, born, run, state)
local text = "#" .. born .. " " .. run .. " " .. state
redis.call("ZADD", key, "inf", text)
for _, other in ipairs(redis.call("ZRANGE", key, "inf", "inf", "BYSCORE")) do
if other ~= text then redis.call("ZREM", key, other) end
end
end
local function end_with_last(key)
local last = redis.call("ZRANGE", key, -2, -2, "WITHSCORES")[2]
if last then
redis.call("PEXPIREAT", key, string.format("%.0f", tonumber(last) + 1))
else
redis.call("DEL", key)
end
end
`
