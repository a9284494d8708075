-- index-tag: lists entries that are about to be stored with a tag, each until a time by which it has certainly ended.
--
-- An index that is not there, or that was left by another run of the server, may have lost entries: it is born anew.
-- An entry that is listed already moves up, be it by a millisecond: so that who takes it off the list can tell.
--
-- KEYS[1] index    of the tag
-- ARGV[1] run      run id of this server
-- ARGV[2] state    32 random hex characters, for an index that is born here
-- ARGV[3] entries  lines of "<life in ms> <value key>"
--
-- returns "listed"

--- @include now
--- @include tag-index

-- More than are listed by one call, so that what has ended leaves sooner than it comes.
local trimmed_at_once = 200

local now = server_now()
local birth = read_birth(KEYS[1])
if not birth or birth.run ~= ARGV[1] then write_birth(KEYS[1], string.format("%.0f", now), ARGV[1], ARGV[2]) end

for life, entry in string.gmatch(ARGV[3], "(%d+) ([^\n]+)") do
  local ends = now + tonumber(life)
  local known = tonumber(redis.call("ZSCORE", KEYS[1], entry) or "")
  if known and known >= ends then ends = known + 1 end
  redis.call("ZADD", KEYS[1], string.format("%.0f", ends), entry)
end

local before = string.format("(%.0f", now)
local ended = redis.call("ZRANGE", KEYS[1], "-inf", before, "BYSCORE", "LIMIT", 0, trimmed_at_once)
if #ended > 0 then redis.call("ZREM", KEYS[1], unpack(ended)) end
end_with_last(KEYS[1])
return "listed"
