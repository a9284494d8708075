-- beat: proves that this process has heard of all that was changed here before: what is published now comes after it.
-- It writes, so that a replica, a server without its quorum of replicas and one that does not own the slot refuse it; and what it
-- writes is allowed on a server that is out of memory.
--
-- KEYS[1] beat     the key of this process on this server
-- ARGV[1] keepMs   how long it lives
-- ARGV[2] channel  this process's own
-- ARGV[3] nonce    what is published there
--
-- returns "kept" | "made" the key was not there: it is the first beat, or the server has lost data

local kept = redis.call("PEXPIRE", KEYS[1], ARGV[1]) == 1
if not kept then redis.pcall("SET", KEYS[1], "1", "PX", ARGV[1]) end
redis.call("PUBLISH", ARGV[2], ARGV[3])
return kept and "kept" or "made"
