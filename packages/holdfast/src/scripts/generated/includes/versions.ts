// Generated from scripts/includes/versions.lua by tools/generate-scripts.mjs. Do not edit.

export const versionsLua: string = String.raw`local function is_older(version, record, value_key)
local floor = record.tombstone and record.tombstone.version or ""
if version == "" then return floor ~= "" end
if version < floor then return true end
return version < version_of(read_head(value_key))
end
`
