// Generated from scripts/includes/drop.lua by tools/generate-scripts.mjs. Do not edit.

export const dropLua: string = String.raw`local function expire(key, grace_ms)
if type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) ~= "number" then return false end
local left = redis.pcall("PTTL", key)
if type(left) == "number" and left >= 0 and left <= tonumber(grace_ms) then return true end
return redis.pcall("PEXPIRE", key, grace_ms) == 1
end
local function drop(key, mode, grace_ms)
local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
if type(head) ~= "string" then return "" end
if mode == "expire" and is_entry(head) and expire(key, grace_ms) then return "" end
redis.call("DEL", key)
return version_of(head)
end
`
