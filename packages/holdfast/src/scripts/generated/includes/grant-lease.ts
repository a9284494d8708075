// Generated from scripts/includes/grant-lease.lua by tools/generate-scripts.mjs. Do not edit.

export const grantLeaseLua: string = String.raw`local function grant_lease(control_key, record, lease, entry, now)
local held = record.lease
if held and held.deadline >= now then
if entry then return { "stale", entry } end
if not held.waited then
held.waited = true
write_record(control_key, record, now)
end
return { "wait" }
end
record.lease = { token = lease.token, deadline = now + lease.life_ms, waited = held ~= nil and held.waited }
if record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
write_record(control_key, record, now)
if entry then return { "stale-win", entry } end
return { "win" }
end
`
