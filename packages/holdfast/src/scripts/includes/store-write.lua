-- store-write: stores a value that a writer vouches for.
--- @include control-record
--- @include void
--- @include wake

-- False, and nothing done, if the server refuses, as it does when it is out of memory.
-- The wake-up says "invalidated", not "filled": whatever was loading is now outdated.
local function store_write(value_key, control_key, record, write, now)
  local stored = redis.pcall("SET", value_key, write.entry, "PX", write.keep_ms)
  if stored.err then return false end
  void(record)
  write_record(control_key, record, now)
  wake(write.channel, "i", value_key)
  return true
end
