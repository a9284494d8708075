// Generated from scripts/includes/tag-section.lua by tools/generate-scripts.mjs. Do not edit.

export const tagSectionLua: string = String.raw`local function is_dead_by(key, head, tag, era, counter)
local from = 64 + string.byte(head, 62)
local section = redis.call("GETRANGE", key, from, from + struct.unpack(">I2", head, 63) - 1)
if #section < 24 or string.sub(section, 1, 16) ~= era then return false end
local high, low = struct.unpack(">I4I4", section, 17)
if high * 4294967296 + low >= counter then return false end
local at = 25
while at + 1 <= #section do
local last = at + 1 + struct.unpack(">I2", section, at)
if string.sub(section, at + 2, last) == tag then return true end
at = last + 1
end
return false
end
`
