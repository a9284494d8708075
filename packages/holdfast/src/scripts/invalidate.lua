-- invalidate: takes a value out of use after its source has changed.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] mode         "drop" removes the value; "expire" leaves it to be served stale while it is refreshed
-- ARGV[2] version      of the change, or ""
-- ARGV[3] tombstoneMs  how long older versions are refused
-- ARGV[4] channel      where those who wait are woken
--
-- returns "invalidated"

--- @include now
--- @include control-record
--- @include invalidation

local now = server_now()
local change = { mode = ARGV[1], version = ARGV[2], tombstone_ms = tonumber(ARGV[3]), channel = ARGV[4] }
invalidate(KEYS[1], KEYS[2], read_record(KEYS[2], now), change, now)
return "invalidated"
