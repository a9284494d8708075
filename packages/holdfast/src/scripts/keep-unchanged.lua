-- keep-unchanged: lets an entry live on, because a load under a lease has found its value unchanged. Does so only where a fill could.
--
-- KEYS[1] value         the entry
-- KEYS[2] control       its control record
-- ARGV[1] token         of the lease
-- ARGV[2] id            of the entry whose value is unchanged
-- ARGV[3] freshUntilMs  until when it is fresh
-- ARGV[4] keepMs        how long the server keeps it from now
-- ARGV[5] channel       where those who wait are woken
--
-- returns "kept" | "lost" the lease is gone | "gone" the key holds another entry or none | "older" something newer is known
--         or the server's own error, such as OOM; the lease is then given back

--- @include now
--- @include control-record
--- @include versions
--- @include life
--- @include wake

local now = server_now()
local record = read_record(KEYS[2], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "lost" end

-- What the entry recorded when it was made stays as it is: a time before the load that made it is before this load too.
local answer = "gone"
local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if type(head) == "string" and is_entry(head) and entry_id(head) == ARGV[2] then
  answer = "older"
  if not is_older(version_of(head), record, KEYS[1]) then
    answer = live_until(KEYS[1], tonumber(ARGV[3]), ARGV[4]) or "kept"
  end
end

record.lease = nil
if answer ~= "kept" then begin_writing(KEYS[2]) end
write_record(KEYS[2], record, now)
if lease.waited then wake(ARGV[5], answer == "kept" and "f" or "r", KEYS[1]) end
return answer
