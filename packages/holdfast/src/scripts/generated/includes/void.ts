// Generated from scripts/includes/void.lua by tools/generate-scripts.mjs. Do not edit.

export const voidLua: string = String.raw`local function void(record)
record.lease = nil
for _, window in ipairs(record.windows) do window.overlapped = true end
end
local function raise_tombstone(record, version, tombstone_ms, now)
local known = record.tombstone or { version = "", deadline = 0 }
if version > known.version then known.version = version end
if known.version == "" then return end
known.deadline = math.max(known.deadline, now + tombstone_ms)
record.tombstone = known
end
`
