-- tag-clock: tells the time of the tag clock, or advances it by one first.
--
-- A clock that is missing, or that was left by another run of the server, begins a new era: it may have gone back, and an
-- entry recorded under the time that was lost must not count as younger than what comes now. The key holds
-- "<era> <counter> <run>" and never expires; once entries are listed by tag, also the longest life of one of this era, which is
-- lost with the era and with nothing else.
--
-- KEYS[1] clock  the clock of the namespace
-- ARGV[1] move   "read" | "advance"
-- ARGV[2] run    run id of this server
-- ARGV[3] era    32 random hex characters, for an era that begins here
-- ARGV[4] life   in ms, of an entry that is to be listed by a tag, or "0"
--
-- returns "<era> <counter>" | "<era> <counter> <longest life in ms>"

local text = redis.call("GET", KEYS[1])
local era, counter, run, longest = string.match(text or "", "^(%x+) (%d+) (%S*) ?(%d*)$")
local goes_on = era ~= nil and run == ARGV[2]
local known = goes_on and tonumber(longest) or 0
local life = math.max(known, tonumber(ARGV[4]))
local lives = life > 0 and string.format(" %.0f", life) or ""
if goes_on and ARGV[1] == "read" and life == known then return era .. " " .. counter .. lives end

if not goes_on then
  era, counter = ARGV[3], 0
end
local now = string.format("%s %.0f", era, tonumber(counter) + (ARGV[1] == "advance" and 1 or 0))
-- The first write of a script that must go on although the server is out of memory: after one write it may do them all.
redis.call("PERSIST", KEYS[1])
redis.call("SET", KEYS[1], now .. " " .. ARGV[2] .. lives)
return now .. lives
