-- versions: texts of [0-9a-f] that compare bytewise, so that Lua's comparison is the same in every locale.
--- @include envelope

-- Whether something newer than this version is known, so that it must not be stored. A version only ever forbids.
-- A value without version is older than any tombstone; the version of a stored value says nothing about it.
local function is_older(version, record, value_key)
  local floor = record.tombstone and record.tombstone.version or ""
  if version == "" then return floor ~= "" end
  if version < floor then return true end
  return version < version_of(read_head(value_key))
end
