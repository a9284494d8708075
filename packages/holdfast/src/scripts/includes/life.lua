-- life: gives an entry that stays another end.

-- Makes it fresh until a time and lets the server keep it for so long from now. Returns nil, or the server's refusal, as when it is out of
-- memory; then nothing was done.
local function live_until(key, fresh_ms, keep_ms)
  local bytes = struct.pack(">I4I4", math.floor(fresh_ms / 4294967296), fresh_ms % 4294967296)
  local reply = redis.pcall("SETRANGE", key, 8, bytes)
  if type(reply) ~= "number" then return reply end
  redis.call("PEXPIRE", key, keep_ms)
end
