// Generated from scripts/includes/envelope.lua by tools/generate-scripts.mjs. Do not edit.

export const envelopeLua: string = String.raw`local HEAD_BYTES = 64 + 255
local function is_entry(bytes)
return #bytes >= 64 and string.sub(bytes, 1, 3) == "HF\1"
end
local function fresh_until(entry)
local high, low = struct.unpack(">I4I4", entry, 9)
return high * 4294967296 + low
end
local function version_of(bytes)
if not is_entry(bytes) then return "" end
local length = string.byte(bytes, 62)
local version = string.sub(bytes, 65, 64 + length)
if #version < length or string.find(version, "[^0-9a-f]") then return "" end
return version
end
local function hex(bytes)
return (string.gsub(bytes, ".", function(byte)
return string.format("%02x", string.byte(byte))
end))
end
local function entry_id(entry)
return hex(string.sub(entry, 25, 40))
end
local function run_of(entry)
if not is_entry(entry) or string.byte(entry, 4) % 4 < 2 then return "" end
local first = 65 + string.byte(entry, 62)
return hex(string.sub(entry, first, first + 7))
end
local function read_head(key)
return redis.call("GETRANGE", key, 0, HEAD_BYTES - 1)
end
`
