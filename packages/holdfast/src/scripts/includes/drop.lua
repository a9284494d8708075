-- drop: takes a value out of use.
--- @include envelope

-- Removes the value, or with mode "expire" marks it stale and leaves it. Returns the version of what was removed, or "".
local function drop(key, mode)
  local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
  -- A key of another type belongs to another program: it cannot be served, and is not ours to remove.
  if type(head) ~= "string" then return "" end
  -- A server that is out of memory refuses to mark, but never to remove.
  if mode == "expire" and is_entry(head) and type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) == "number" then
    return ""
  end
  redis.call("DEL", key)
  return version_of(head)
end
