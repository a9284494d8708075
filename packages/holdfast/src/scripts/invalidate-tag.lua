-- invalidate-tag: makes every entry that carries a tag, and was loaded before this time of the tag clock, dead.
--
-- It never makes a tag: an absent one is a miss already, so that a call that comes late can do nothing but invalidate.
--
-- KEYS[1] tag      the tag
-- ARGV[1] era      of the tag clock, advanced after the change was committed
-- ARGV[2] counter  of the tag clock
-- ARGV[3] channel  where everybody is told
--
-- returns "invalidated"

--- @include tag-record
--- @include tell-tag

local text = redis.pcall("GET", KEYS[1])
local found = read_tag(text)
if found and found.era == ARGV[1] then
  if found.counter < tonumber(ARGV[2]) then
    local raised = ARGV[1] .. " " .. ARGV[2] .. " " .. found.incarnation
    -- Refused where the server is out of memory: a tag that is gone invalidates as well.
    if redis.pcall("SET", KEYS[1], raised, "KEEPTTL").err then redis.call("DEL", KEYS[1]) end
  end
elseif type(text) == "string" then
  redis.call("DEL", KEYS[1])
end
tell_tag(ARGV[3], ARGV[1], ARGV[2], KEYS[1])
return "invalidated"
