-- store-write: stores a value that a writer vouches for.
--- @include control-record
--- @include void
--- @include wake

-- False, and nothing done, if the server refuses, as it does when it is out of memory, and if the key is of another type: then it
-- belongs to another program, and is not ours to replace.
-- The wake-up says "invalidated", not "filled": whatever was loading is now outdated.
local function store_write(value_key, control_key, record, write, now)
  if type(redis.pcall("STRLEN", value_key)) ~= "number" then return false end
  local stored = redis.pcall("SET", value_key, write.entry, "PX", write.keep_ms)
  if stored.err then return false end
  void(record)
  write_record(control_key, record, now)
  wake(write.channel, "i", value_key)
  return true
end
