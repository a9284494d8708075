-- close-window: ends a write. Its value is stored only if nothing else happened to the key meanwhile.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] id           of the window
-- ARGV[2] entry        envelope and payload of the written value, or "" to invalidate only
-- ARGV[3] keepMs       how long the server keeps it
-- ARGV[4] mode         of the invalidation: "drop" | "expire"
-- ARGV[5] graceMs      how long an expired value may still be kept
-- ARGV[6] version      of the change, or ""
-- ARGV[7] tombstoneMs  how long older versions are refused
-- ARGV[8] channel      where those who wait are woken
--
-- returns "stored" | "invalidated"

--- @include now
--- @include control-record
--- @include versions
--- @include store-write
--- @include invalidation

local now = server_now()
local record = read_record(KEYS[2], now)
local own
for at, window in ipairs(record.windows) do
  if window.id == ARGV[1] then own = table.remove(record.windows, at) break end
end

local storable = is_entry(ARGV[2]) and own and not own.overlapped
if storable and not is_older(version_of(ARGV[2]), record, KEYS[1]) then
  local write = { entry = ARGV[2], keep_ms = ARGV[3], channel = ARGV[8] }
  if store_write(KEYS[1], KEYS[2], record, write, now) then return "stored" end
end

local change =
  { mode = ARGV[4], grace_ms = ARGV[5], version = ARGV[6], tombstone_ms = tonumber(ARGV[7]), channel = ARGV[8] }
invalidate(KEYS[1], KEYS[2], record, change, now)
return "invalidated"
