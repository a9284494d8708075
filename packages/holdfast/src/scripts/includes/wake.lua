-- wake: tells those who wait for a key, in every process, to look again.
-- The message is the first letter of the reason (filled, released, invalidated; x for a failed load) and the value key.

local function wake(channel, reason, value_key)
  redis.call("PUBLISH", channel, reason .. value_key)
end
