-- extend-lease: prolongs a lease that is still recorded. Never creates one.
--
-- KEYS[1] control  the control record
-- ARGV[1] token    of the lease
-- ARGV[2] leaseMs  how long it lives from now
--
-- returns "held" | "gone"

--- @include now
--- @include control-record

local now = server_now()
local record = read_record(KEYS[1], now)
local lease = record.lease
if not lease or lease.token ~= ARGV[1] then return "gone" end
lease.deadline = math.max(lease.deadline, now + tonumber(ARGV[2]))
write_record(KEYS[1], record, now)
return "held"
