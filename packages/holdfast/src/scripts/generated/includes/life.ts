// Generated from scripts/includes/life.lua by tools/generate-scripts.mjs. Do not edit.

export const lifeLua: string = String.raw`local function live_until(key, fresh_ms, keep_ms)
local bytes = struct.pack(">I4I4", math.floor(fresh_ms / 4294967296), fresh_ms % 4294967296)
local reply = redis.pcall("SETRANGE", key, 8, bytes)
if type(reply) ~= "number" then return reply end
redis.call("PEXPIRE", key, keep_ms)
end
`
