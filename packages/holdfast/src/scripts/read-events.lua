-- read-events: takes or prolongs the lease of a reader, keeps how far it has come, and tells what follows.
--
-- The key of the reader holds "<era> <count> <id> <token> <deadline>": its place, and who may read for it until when.
-- A reader without a place holds "- 0 0-0" instead.
--
-- KEYS[1] stream   of the event
-- KEYS[2] head     what was published last
-- KEYS[3] reader   how far it has come
-- ARGV[1] token    of who asks, in hex
-- ARGV[2] lease    in ms from now; "0" gives it up
-- ARGV[3] limit    how many events at most, or "0"
-- ARGV[4] reached  "<era> <count> <id>": how far this one has come, or ""
-- ARGV[5] run      run id of this server
-- ARGV[6] era      32 random hex characters, for an era that begins here
-- ARGV[7] keep     how long what is known of the reader is kept, in ms
-- ARGV[8] after    "<era> <count> <id>": the place to read from, if it is not the one that is kept, or ""
-- ARGV[9] channel  on which others are told that the lease was given up
--
-- returns {now in ms, "ours" | ms for which another one reads, place of the head, place of the reader, entries}

--- @include now
--- @include event-head

local NOWHERE = "- 0 0-0"

local function numbers_of(id)
  local ms, sequence = string.match(id, "^(%d+)%-(%d+)$")
  return tonumber(ms), tonumber(sequence)
end

local function is_before(a, b)
  local a_ms, a_sequence = numbers_of(a)
  local b_ms, b_sequence = numbers_of(b)
  return a_ms < b_ms or (a_ms == b_ms and a_sequence < b_sequence)
end

local now = server_now()
local head = event_head(KEYS[1], KEYS[2], ARGV[5], ARGV[6])
local place, token, deadline =
  string.match(redis.call("GET", KEYS[3]) or "", "^([%x-]+ %d+ %d+%-%d+) (%x+) (%d+)$")
place = place or NOWHERE
if token and token ~= ARGV[1] and tonumber(deadline) > now then
  return { now, string.format("%.0f", tonumber(deadline) - now), event_place(head), place, {} }
end

if ARGV[4] ~= "" and token == ARGV[1] then place = ARGV[4] end
local ends = string.format("%.0f", ARGV[2] == "0" and 0 or now + tonumber(ARGV[2]))
-- The first write of a script that must go on although the server is out of memory: after one write it may do them all.
redis.call("PEXPIRE", KEYS[2], ARGV[7])
if not head.known then keep_event_head(KEYS[2], head, ARGV[5], ARGV[7]) end
redis.call("SET", KEYS[3], place .. " " .. ARGV[1] .. " " .. ends, "PX", ARGV[7])
if ARGV[2] == "0" then redis.call("PUBLISH", ARGV[9], "free") end
if ARGV[3] == "0" then return { now, "ours", event_place(head), place, {} } end

local era, id = string.match(ARGV[8] == "" and place or ARGV[8], "^(%S+) %d+ (%S+)$")
-- A stream that was lost and begun anew may have gone back, and what it holds has not been read.
local from = era ~= head.era and is_before(head.id, id) and "-" or "(" .. id
return { now, "ours", event_place(head), place, redis.call("XRANGE", KEYS[1], from, "+", "COUNT", ARGV[3]) }
