-- publish-event: appends one event to its stream, counts it, and wakes the readers.
--
-- KEYS[1] stream  of the event
-- KEYS[2] head    what was published last
-- ARGV[1] id      of the message, in hex
-- ARGV[2] data    encoded payload
-- ARGV[3] run     run id of this server
-- ARGV[4] era     32 random hex characters, for an era that begins here
-- ARGV[5] limit   how many events are kept, about
-- ARGV[6] keep    how long they are kept, in ms
-- ARGV[7] channel on which readers are woken
--
-- returns "<era> <count> <id of the entry>"

--- @include now
--- @include event-head

local head = event_head(KEYS[1], KEYS[2], ARGV[3], ARGV[4])
head.count = head.count + 1
local fields = { "v", "1", "id", ARGV[1], "era", head.era, "n", string.format("%.0f", head.count), "data", ARGV[2] }
-- It comes before every other write, so that a server that is out of memory refuses all of it.
head.id = redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[5], "*", unpack(fields))
keep_event_head(KEYS[2], head, ARGV[3], ARGV[6])
redis.call("XTRIM", KEYS[1], "MINID", "~", string.format("%.0f", math.max(0, server_now() - tonumber(ARGV[6]))))
redis.call("PEXPIRE", KEYS[1], ARGV[6])
redis.call("PUBLISH", ARGV[7], "new")
return event_place(head)
