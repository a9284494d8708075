-- release-lease: gives a lease back unfilled, if it is still recorded.
--
-- KEYS[1] control  the control record
-- ARGV[1] token    of the lease
-- ARGV[2] reason   first letter of the message to those who wait: "x" the load failed, "r" it was given up
-- ARGV[3] channel  where those who wait are woken
-- ARGV[4] valueKey name of the entry in that message
--
-- returns "released" | "gone"

--- @include now
--- @include control-record
--- @include wake

local now = server_now()
local record = read_record(KEYS[1], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "gone" end
record.lease = nil
begin_writing(KEYS[1])
write_record(KEYS[1], record, now)
if lease.waited then wake(ARGV[3], ARGV[2], ARGV[4]) end
return "released"
