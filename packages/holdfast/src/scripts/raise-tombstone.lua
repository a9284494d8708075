-- raise-tombstone: forbids versions older than one that was dropped, and leaves everything else as it is.
--
-- KEYS[1] control      the control record
-- ARGV[1] version      that was dropped
-- ARGV[2] tombstoneMs  how long older versions are refused
--
-- returns "raised"

--- @include now
--- @include control-record
--- @include void

local now = server_now()
local record = read_record(KEYS[1], now)
raise_tombstone(record, ARGV[1], tonumber(ARGV[2]), now)
write_record(KEYS[1], record, now)
return "raised"
