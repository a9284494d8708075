-- renew: lets a fresh entry live longer, because it was read. Does nothing if the key holds another entry by now, or a stale one.
--
-- KEYS[1] value         the entry
-- ARGV[1] id            of the entry that was read
-- ARGV[2] freshUntilMs  until when it is fresh; never shortens
-- ARGV[3] keepMs        how long the server keeps it from now
--
-- returns "renewed" | "other"

--- @include now
--- @include envelope
--- @include life

local head = redis.pcall("GETRANGE", KEYS[1], 0, HEAD_BYTES - 1)
if type(head) ~= "string" or not is_entry(head) or entry_id(head) ~= ARGV[1] then return "other" end

local fresh = fresh_until(head)
local renewed = tonumber(ARGV[2])
if fresh <= server_now() or fresh >= renewed then return "other" end

if live_until(KEYS[1], renewed, ARGV[3]) then return "other" end
return "renewed"
