-- tag-record: what a tag key holds, as one readable line.
--
--   <era> <counter> <incarnation>  complete: invalidated last, or made, at that time of the tag clock
--   - 0 <incarnation>              half-made: begun by a filler that has not read the clock yet
--
-- Anything else counts as absent.

local HALF_MADE = "-"

local function read_tag(text)
  if type(text) ~= "string" then return nil end
  local era, counter, incarnation = string.match(text, "^([%x-]+) (%d+) (%x+)$")
  if not era then return nil end
  return { text = text, era = era, counter = tonumber(counter), incarnation = incarnation }
end

-- Lives as long as it would have, or for keep_ms from now, whichever is longer.
local function write_tag(key, text, keep_ms)
  local life = math.max(redis.call("PTTL", key), tonumber(keep_ms))
  redis.call("SET", key, text, "PX", string.format("%.0f", life))
  return text
end

local function prolong_tag(key, keep_ms)
  if redis.call("PTTL", key) < tonumber(keep_ms) then redis.call("PEXPIRE", key, keep_ms) end
end
