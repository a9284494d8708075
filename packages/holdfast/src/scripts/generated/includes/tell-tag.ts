// Generated from scripts/includes/tell-tag.lua by tools/generate-scripts.mjs. Do not edit.

export const tellTagLua: string = String.raw`local function tell_tag(channel, era, counter, key)
redis.call("PUBLISH", channel, "t" .. era .. " " .. counter .. " " .. key)
end
`
