-- tell-tag: tells every process that a tag was made or invalidated.
-- The message is the letter t, the time of the tag clock and the key.

local function tell_tag(channel, era, counter, key)
  redis.call("PUBLISH", channel, "t" .. era .. " " .. counter .. " " .. key)
end
