-- lease-strict: grants the right to fill a key of which no read may get a value from before a committed change, or says why not.
--
-- KEYS[1] value     the entry
-- KEYS[2] control   its control record
-- ARGV[1] token     names the lease, if it is granted
-- ARGV[2] leaseMs   how long it lives
-- ARGV[3] rejected  id of an entry that the caller found dead and that counts as absent, or ""
-- ARGV[4] early     id of a fresh entry that the caller refreshes early and that counts as past its ttl, or ""
-- ARGV[5] run       of this server; an entry of another run counts as absent
-- ARGV[6] termMs    how long a window lives
-- ARGV[7] keepMs    how long the record lives at least
--
-- returns {"hit", entry}        fresh
--         {"stale", entry}      due early; somebody else refreshes it
--         {"stale-win", entry}  due early; the caller refreshes it
--         {"wait"}              absent; somebody else loads it and will wake those who wait
--         {"win"}               absent; the caller loads it
--         {"no-fill"}           a writer is under way, or one may be of which nothing is on record: load, store nothing

--- @include now
--- @include strict
--- @include grant-lease
--- @include envelope

local now = server_now()
local entry = redis.call("GET", KEYS[1])
if entry and (run_of(entry) ~= ARGV[5] or fresh_until(entry) <= now or entry_id(entry) == ARGV[3]) then entry = nil end
if entry and (ARGV[4] == "" or entry_id(entry) ~= ARGV[4]) then return { "hit", entry } end

local record = read_record(KEYS[2], now)
local known = record.strict and record.strict.run == ARGV[5]
local young = settle_strict(record, ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), now)
if young or #record.windows > 0 then
  if not known then write_record(KEYS[2], record, now) end
  return { "no-fill" }
end
return grant_lease(KEYS[2], record, { token = ARGV[1], life_ms = tonumber(ARGV[2]) }, entry, now)
