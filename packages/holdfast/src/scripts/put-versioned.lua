-- put-versioned: replaces a stored value by a newer version of it.
--
-- A version only forbids. What allows the store is the older value itself: had the source changed since it was stored,
-- and been invalidated, it would be gone or marked stale. A tombstone allows nothing: it may have been evicted and
-- left again by an older invalidation that came late.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] entry        envelope and payload, with a version
-- ARGV[2] keepMs       how long the server keeps it
-- ARGV[3] mode         of the invalidation: "drop" | "expire"
-- ARGV[4] graceMs      how long an expired value may still be kept
-- ARGV[5] version      of the change, or ""
-- ARGV[6] tombstoneMs  how long older versions are refused
-- ARGV[7] channel      where those who wait are woken
--
-- returns "stored" | "older" something newer is known, nothing was done | "invalidated" there is nothing to replace

--- @include now
--- @include control-record
--- @include versions
--- @include store-write
--- @include invalidation

local now = server_now()
local record = read_record(KEYS[2], now)
local version = version_of(ARGV[1])
if version ~= "" then
  if is_older(version, record, KEYS[1]) then return "older" end
  local stored = read_head(KEYS[1])
  if version_of(stored) ~= "" and fresh_until(stored) > 0 then
    local write = { entry = ARGV[1], keep_ms = ARGV[2], channel = ARGV[7] }
    if store_write(KEYS[1], KEYS[2], record, write, now) then return "stored" end
  end
end

local change =
  { mode = ARGV[3], grace_ms = ARGV[4], version = ARGV[5], tombstone_ms = tonumber(ARGV[6]), channel = ARGV[7] }
invalidate(KEYS[1], KEYS[2], record, change, now)
return "invalidated"
