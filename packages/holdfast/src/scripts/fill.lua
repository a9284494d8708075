-- fill: stores what was loaded under a lease, if that lease is still recorded and nothing newer is known.
--
-- KEYS[1] value    the entry
-- KEYS[2] control  its control record
-- ARGV[1] token    of the lease
-- ARGV[2] entry    envelope and payload
-- ARGV[3] keepMs   how long the server keeps it
-- ARGV[4] channel  where those who wait are woken
--
-- returns "stored" | "lost" the lease is gone | "older" something newer is known
--         or the server's own error, such as OOM; the lease is then given back

--- @include envelope

-- The usual fill: the record is this lease and nothing else, nobody waits for it, and the entry has no version to compare.
local text = redis.pcall("GET", KEYS[2])
local own = "lease " .. ARGV[1] .. " "
local alone = type(text) == "string" and string.sub(text, 1, #own) == own and string.find(text, "^%d+ 0$", #own + 1)
if alone and version_of(ARGV[2]) == "" and redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3]).ok then
  redis.call("DEL", KEYS[2])
  return "stored"
end

--- @include now
--- @include control-record
--- @include versions
--- @include wake

local now = server_now()
local record = read_record(KEYS[2], now)
local lease = record.lease
-- A lease past its deadline is still the filler's own until somebody else replaces it.
if not lease or lease.token ~= ARGV[1] then return "lost" end

local answer = "older"
if not is_older(version_of(ARGV[2]), record, KEYS[1]) then
  answer = redis.pcall("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
  if answer.ok then answer = "stored" end
end

record.lease = nil
if answer ~= "stored" then begin_writing(KEYS[2]) end
write_record(KEYS[2], record, now)
if lease.waited then wake(ARGV[4], answer == "stored" and "f" or "r", KEYS[1]) end
return answer
