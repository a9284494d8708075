-- envelope: what the scripts read of an entry. Big-endian, offsets from 0:
-- 0 "HF" | 2 format = 1 | 3 flags, 2: has a run | 8 fresh until, ms u64 | 24 entry id, 16 bytes | 61 version length u8
-- 64 version | run, 8 bytes.

-- Longest envelope up to the end of the version.
local HEAD_BYTES = 64 + 255

local function is_entry(bytes)
  return #bytes >= 64 and string.sub(bytes, 1, 3) == "HF\1"
end

local function fresh_until(entry)
  local high, low = struct.unpack(">I4I4", entry, 9)
  return high * 4294967296 + low
end

-- "" means none, as it does for bytes that are no entry. A damaged length takes other bytes for a version, and a cut entry has a part of it.
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

-- The run that a strict entry was stored under, as 16 hex characters; "" for any other entry.
local function run_of(entry)
  if not is_entry(entry) or string.byte(entry, 4) % 4 < 2 then return "" end
  local first = 65 + string.byte(entry, 62)
  return hex(string.sub(entry, first, first + 7))
end

-- The entry stored under a key, without its payload; "" if there is none.
local function read_head(key)
  return redis.call("GETRANGE", key, 0, HEAD_BYTES - 1)
end
