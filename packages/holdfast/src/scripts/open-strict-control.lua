-- open-strict-control: the first step of opening a strict window by one-key scripts, for a slot that is on the move.
-- It comes before the value is dropped, so that nothing is stored between the two.
--
-- KEYS[1] control  the control record
-- ARGV[1] id       names the window
-- ARGV[2] termMs   how long it lives
-- ARGV[3] run      of this server
-- ARGV[4] keepMs   how long the record lives at least
--
-- returns "opened"

--- @include now
--- @include strict

local now = server_now()
local record = read_record(KEYS[1], now)
open_strict(record, { id = ARGV[1], term_ms = tonumber(ARGV[2]), run = ARGV[3], keep_ms = tonumber(ARGV[4]) }, now)
write_record(KEYS[1], record, now)
return "opened"
