-- envelope: what the scripts read of an entry. Big-endian, offsets from 0:
-- 0 "HF" | 2 format = 1 | 8 fresh until, ms u64 | 24 entry id, 16 bytes | 61 version length u8 | 64 version.

-- Longest envelope up to the end of the version.
local HEAD_BYTES = 64 + 255

local function unsigned(bytes, first, last)
  local number = 0
  for at = first, last do number = number * 256 + string.byte(bytes, at) end
  return number
end

-- Fields of an entry, or nil for bytes that are none of ours. A version of "" means none.
local function parse_entry(bytes)
  if #bytes < 64 or string.sub(bytes, 1, 3) ~= "HF\1" then return nil end
  return {
    fresh_until = unsigned(bytes, 9, 16),
    version = string.sub(bytes, 65, 64 + string.byte(bytes, 62)),
  }
end

local function entry_id(bytes)
  return (string.gsub(string.sub(bytes, 25, 40), ".", function(byte)
    return string.format("%02x", string.byte(byte))
  end))
end

-- The entry stored under a key, without its payload; nil if there is none.
local function read_stored(key)
  return parse_entry(redis.call("GETRANGE", key, 0, HEAD_BYTES - 1))
end
