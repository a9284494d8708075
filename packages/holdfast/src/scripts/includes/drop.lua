-- drop: takes a value out of use.
--- @include envelope

-- Marks an entry stale and lets it live for grace_ms at most. False if the server refuses, as it does when it is out of memory.
local function expire(key, grace_ms)
  if type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) ~= "number" then return false end
  local left = redis.pcall("PTTL", key)
  if type(left) == "number" and left >= 0 and left <= tonumber(grace_ms) then return true end
  return redis.pcall("PEXPIRE", key, grace_ms) == 1
end

-- Removes the value, or with mode "expire" marks it stale and leaves it for a while. Returns the version of what was removed, or "".
local function drop(key, mode, grace_ms)
  local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
  -- A key of another type belongs to another program: it cannot be served, and is not ours to remove.
  if type(head) ~= "string" then return "" end
  -- What cannot be marked can still be removed.
  if mode == "expire" and is_entry(head) and expire(key, grace_ms) then return "" end
  redis.call("DEL", key)
  return version_of(head)
end
