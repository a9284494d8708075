-- extend-window: prolongs a window that is still recorded. Never creates one.
--
-- KEYS[1] control   the control record
-- ARGV[1] id        of the window
-- ARGV[2] windowMs  how long it lives from now
--
-- returns "held" | "gone"

--- @include now
--- @include control-record

local now = server_now()
local record = read_record(KEYS[1], now)
for _, window in ipairs(record.windows) do
  if window.id == ARGV[1] then
    window.deadline = math.max(window.deadline, now + tonumber(ARGV[2]))
    write_record(KEYS[1], record, now)
    return "held"
  end
end
return "gone"
