// Generated from scripts/includes/wake.lua by tools/generate-scripts.mjs. Do not edit.

export const wakeLua: string = String.raw`local function wake(channel, reason, value_key)
redis.call("PUBLISH", channel, reason .. value_key)
end
`
