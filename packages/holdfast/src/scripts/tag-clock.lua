-- tag-clock: tells the time of the tag clock, or advances it by one first.
--
-- A clock that is missing, or that was left by another run of the server, begins a new era: it may have gone back, and an
-- entry recorded under the time that was lost must not count as younger than what comes now. The key holds
-- "<era> <counter> <run>" and never expires.
--
-- KEYS[1] clock  the clock of the namespace
-- ARGV[1] move   "read" | "advance"
-- ARGV[2] run    run id of this server
-- ARGV[3] era    32 random hex characters, for an era that begins here
--
-- returns "<era> <counter>"

local text = redis.call("GET", KEYS[1])
local era, counter, run = string.match(text or "", "^(%x+) (%d+) (%S*)$")
local goes_on = era ~= nil and run == ARGV[2]
if goes_on and ARGV[1] == "read" then return era .. " " .. counter end

if not goes_on then
  era, counter = ARGV[3], 0
end
local now = string.format("%s %.0f", era, tonumber(counter) + (ARGV[1] == "advance" and 1 or 0))
-- The first write of a script that must go on although the server is out of memory: after one write it may do them all.
redis.call("PERSIST", KEYS[1])
redis.call("SET", KEYS[1], now .. " " .. ARGV[2])
return now
