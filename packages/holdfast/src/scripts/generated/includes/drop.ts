// Generated from scripts/includes/drop.lua by tools/generate-scripts.mjs. Do not edit.

export const dropLua: string = String.raw`local function drop(key, mode)
local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
if type(head) ~= "string" then return "" end
if mode == "expire" and is_entry(head) and type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) == "number" then
return ""
end
redis.call("DEL", key)
return version_of(head)
end
`
