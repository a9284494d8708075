-- lease: grants the right to fill a key, or says why not.
--
-- KEYS[1] value     the entry
-- KEYS[2] control   its control record
-- ARGV[1] token     names the lease, if it is granted
-- ARGV[2] leaseMs   how long it lives
-- ARGV[3] rejected  id of an entry that the caller found dead and that counts as absent, or ""
-- ARGV[4] early     id of a fresh entry that the caller refreshes early and that counts as past its ttl, or ""
--
-- returns {"hit", entry}        fresh
--         {"stale", entry}      past its ttl; somebody else refreshes it
--         {"stale-win", entry}  past its ttl; the caller refreshes it
--         {"wait"}              absent; somebody else loads it and will wake those who wait
--         {"win"}               absent; the caller loads it
--         {"win", deadlineMs}   the same, and the record is this lease and nothing else

--- @include now

local now = server_now()
local entry = redis.call("GET", KEYS[1])

-- The usual miss: nothing is on record, so there is nothing to read first and the new record is a single line.
if not entry then
  local deadline = now + tonumber(ARGV[2])
  local made = redis.pcall("SET", KEYS[2], string.format("lease %s %.0f 0", ARGV[1], deadline), "PX", ARGV[2], "NX")
  if made and made.ok then return { "win", deadline } end
end

--- @include grant-lease
--- @include envelope

if entry and (not is_entry(entry) or ARGV[3] ~= "" and entry_id(entry) == ARGV[3]) then entry = nil end
if entry and fresh_until(entry) > now and (ARGV[4] == "" or entry_id(entry) ~= ARGV[4]) then return { "hit", entry } end

local record = read_record(KEYS[2], now)
return grant_lease(KEYS[2], record, { token = ARGV[1], life_ms = tonumber(ARGV[2]) }, entry, now)
