-- open-strict-window: records that a writer is about to change the source, drops the value, and bars every fill until the last writer
-- has left.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] id           names the window
-- ARGV[2] termMs       how long it lives
-- ARGV[3] run          of this server
-- ARGV[4] keepMs       how long the record lives at least
-- ARGV[5] tombstoneMs  how long versions older than the dropped one are refused
-- ARGV[6] channel      where those who wait are woken
--
-- returns "opened"

--- @include now
--- @include strict
--- @include drop
--- @include wake

local now = server_now()
local record = read_record(KEYS[2], now)
open_strict(record, { id = ARGV[1], term_ms = tonumber(ARGV[2]), run = ARGV[3], keep_ms = tonumber(ARGV[4]) }, now)
raise_tombstone(record, drop(KEYS[1], "drop", 0), tonumber(ARGV[5]), now)
write_record(KEYS[2], record, now)
wake(ARGV[6], "i", KEYS[1])
return "opened"
