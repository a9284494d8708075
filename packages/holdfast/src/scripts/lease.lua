-- lease: grants the right to fill a key, or says why not.
--
-- KEYS[1] value     the entry
-- KEYS[2] control   its control record
-- ARGV[1] token     names the lease, if it is granted
-- ARGV[2] leaseMs   how long it lives
-- ARGV[3] rejected  id of an entry that the caller found dead and that counts as absent, or ""
--
-- returns {"hit", entry}        fresh
--         {"stale", entry}      past its ttl; somebody else refreshes it
--         {"stale-win", entry}  past its ttl; the caller refreshes it
--         {"wait"}              absent; somebody else loads it and will wake those who wait
--         {"win"}               absent; the caller loads it

--- @include now

local now = server_now()
local bytes = redis.call("GET", KEYS[1])

-- The usual miss: nothing is known of the key, so there is no record to read and the new one is a single line.
if not bytes and redis.call("EXISTS", KEYS[2]) == 0 then
  local line = string.format("lease %s %.0f 0", ARGV[1], now + tonumber(ARGV[2]))
  redis.call("SET", KEYS[2], line, "PX", ARGV[2])
  return { "win" }
end

--- @include control-record
--- @include envelope

local entry = bytes and parse_entry(bytes)
if entry and ARGV[3] ~= "" and entry_id(bytes) == ARGV[3] then entry = nil end
if entry and entry.fresh_until > now then return { "hit", bytes } end

local record = read_record(KEYS[2], now)
local held = record.lease
if held and held.deadline >= now then
  if entry then return { "stale", bytes } end
  if not held.waited then
    held.waited = true
    write_record(KEYS[2], record, now)
  end
  return { "wait" }
end

-- Whoever waits for the lease that is replaced now waits for this one.
record.lease = { token = ARGV[1], deadline = now + tonumber(ARGV[2]), waited = held ~= nil and held.waited }
if record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
write_record(KEYS[2], record, now)
if entry then return { "stale-win", bytes } end
return { "win" }
