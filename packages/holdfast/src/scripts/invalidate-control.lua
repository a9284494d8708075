-- invalidate-control: the first step of an invalidation by one-key scripts, for a slot that is on the move.
-- It comes before the value is dropped, so that no lease from before the change can fill afterwards.
--
-- KEYS[1] control      the control record
-- ARGV[1] version      of the change, or ""
-- ARGV[2] tombstoneMs  how long older versions are refused
--
-- returns "invalidated"

--- @include now
--- @include control-record
--- @include void

local now = server_now()
local record = read_record(KEYS[1], now)
begin_writing(KEYS[1])
void(record)
raise_tombstone(record, ARGV[1], tonumber(ARGV[2]), now)
write_record(KEYS[1], record, now)
return "invalidated"
