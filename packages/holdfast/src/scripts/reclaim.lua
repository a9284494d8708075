-- reclaim: removes an entry that is dead by a tag, and nothing else: neither one that was stored since, nor a lease nor a window.
--
-- KEYS[1] value        the entry
-- KEYS[2] control      its control record
-- ARGV[1] tag          its name
-- ARGV[2] era          of the tag clock, 16 bytes
-- ARGV[3] counter      of the tag clock: what recorded an earlier time is dead for good
-- ARGV[4] tombstoneMs  how long older versions are refused, but not longer than the entry would have refused them
--
-- returns "freed" | "freed-busy" | "gone" nothing was there | "stays"
--         after "freed" and "gone" nobody is about to store anything under a lease or window that was granted before

--- @include now
--- @include control-record
--- @include tag-section
--- @include void

local now = server_now()
local record = read_record(KEYS[2], now)
local is_busy = record.lease ~= nil or #record.windows > 0
local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if head == "" then return is_busy and "stays" or "gone" end
if type(head) ~= "string" or not is_entry(head) then return "stays" end
if not is_dead_by(KEYS[1], head, ARGV[1], ARGV[2], tonumber(ARGV[3])) then return "stays" end

local version = version_of(head)
if version ~= "" then
  begin_writing(KEYS[2])
  local left = math.max(1, math.min(redis.call("PTTL", KEYS[1]), tonumber(ARGV[4])))
  raise_tombstone(record, version, left, now)
  write_record(KEYS[2], record, now)
end
redis.call("DEL", KEYS[1])
return is_busy and "freed-busy" or "freed"
