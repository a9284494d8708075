-- invalidation: drops or expires a value, voids the lease, bars all windows, leaves a tombstone, tells everybody.
--- @include control-record
--- @include drop
--- @include void
--- @include wake

local function invalidate(value_key, control_key, record, change, now)
  begin_writing(control_key)
  local dropped = drop(value_key, change.mode, change.grace_ms)
  void(record)
  raise_tombstone(record, change.version, change.tombstone_ms, now)
  raise_tombstone(record, dropped, change.tombstone_ms, now)
  write_record(control_key, record, now)
  wake(change.channel, "i", value_key)
end
