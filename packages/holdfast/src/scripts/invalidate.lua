-- invalidate: takes a value out of use after its source has changed.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] mode         "drop" removes the value; "expire" leaves it to be served stale while it is refreshed
-- ARGV[2] graceMs      how long an expired value may still be kept
-- ARGV[3] version      of the change, or ""
-- ARGV[4] tombstoneMs  how long older versions are refused
-- ARGV[5] channel      where those who wait are woken
--
-- returns "invalidated"

--- @include now
--- @include control-record
--- @include invalidation

local now = server_now()
local change =
  { mode = ARGV[1], grace_ms = ARGV[2], version = ARGV[3], tombstone_ms = tonumber(ARGV[4]), channel = ARGV[5] }
invalidate(KEYS[1], KEYS[2], read_record(KEYS[2], now), change, now)
return "invalidated"
