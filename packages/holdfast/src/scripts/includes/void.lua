-- void: what every invalidation and write does to the control record, whatever becomes of the value.

-- Takes the lease away and bars all open windows from storing.
local function void(record)
  record.lease = nil
  for _, window in ipairs(record.windows) do window.overlapped = true end
end

-- Raises the tombstone to a version ("" for none) and prolongs it. It never falls.
local function raise_tombstone(record, version, tombstone_ms, now)
  local known = record.tombstone or { version = "", deadline = 0 }
  if version > known.version then known.version = version end
  if known.version == "" then return end
  known.deadline = math.max(known.deadline, now + tombstone_ms)
  record.tombstone = known
end
