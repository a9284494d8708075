-- grant-lease: what becomes of a lease that is asked for where there is nothing fresh.
--- @include control-record

-- Grants it, or says who holds it. An entry that may be served meanwhile goes with the answer.
local function grant_lease(control_key, record, lease, entry, now)
  local held = record.lease
  if held and held.deadline >= now then
    if entry then return { "stale", entry } end
    if not held.waited then
      held.waited = true
      write_record(control_key, record, now)
    end
    return { "wait" }
  end
  -- Whoever waits for the lease that is replaced now waits for this one.
  record.lease = { token = lease.token, deadline = now + lease.life_ms, waited = held ~= nil and held.waited }
  if record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
  write_record(control_key, record, now)
  if entry then return { "stale-win", entry } end
  return { "win" }
end
