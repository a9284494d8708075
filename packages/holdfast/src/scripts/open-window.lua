-- open-window: records that a writer is about to change the source. It drops nothing and bars nobody but other writers.
--
-- KEYS[1] control   the control record
-- ARGV[1] id        names the window
-- ARGV[2] windowMs  how long it lives
--
-- returns "opened"

--- @include now
--- @include control-record

local now = server_now()
local record = read_record(KEYS[1], now)
local kept = {}
local overlapped = #record.windows > 0
for _, window in ipairs(record.windows) do
  window.overlapped = true
  if window.id ~= ARGV[1] then table.insert(kept, window) end
end
table.insert(kept, { id = ARGV[1], deadline = now + tonumber(ARGV[2]), overlapped = overlapped })
record.windows = kept
write_record(KEYS[1], record, now)
return "opened"
