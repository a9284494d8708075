-- tag-index: the index of a tag, a sorted set of the value keys of entries that carry it. The score is a time in ms since the epoch
-- by which the entry has ended. One more member, of infinite score, says since when nothing was lost: "#<bornMs> <run> <state>".
-- The state is drawn anew whenever an entry is taken off that has not ended.

-- The text of that member and its parts, or nil.
local function read_birth(key)
  local text = redis.call("ZRANGE", key, -1, -1)[1]
  if not text then return nil end
  local born, run, state = string.match(text, "^#(%d+) (%S*) (%x+)$")
  if born then return { text = text, born = born, run = run, state = state } end
end

-- Puts it there, in place of whatever has that score.
local function write_birth(key, born, run, state)
  local text = "#" .. born .. " " .. run .. " " .. state
  redis.call("ZADD", key, "inf", text)
  for _, other in ipairs(redis.call("ZRANGE", key, "inf", "inf", "BYSCORE")) do
    if other ~= text then redis.call("ZREM", key, other) end
  end
end

-- The index leaves when its last entry has ended: at a time, since what is left of a life would be counted from when the script began.
local function end_with_last(key)
  local last = redis.call("ZRANGE", key, -2, -2, "WITHSCORES")[2]
  if last then
    redis.call("PEXPIREAT", key, string.format("%.0f", tonumber(last) + 1))
  else
    redis.call("DEL", key)
  end
end
