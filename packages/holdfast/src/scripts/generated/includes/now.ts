// Generated from scripts/includes/now.lua by tools/generate-scripts.mjs. Do not edit.

export const nowLua: string = String.raw`local function server_now()
local time = redis.call("TIME")
return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`
