-- complete-tag: the second half of making a tag, if the half-made one is still there. Never makes one.
--
-- KEYS[1] tag          the tag
-- ARGV[1] incarnation  that it was begun under
-- ARGV[2] era          of the tag clock, read after the tag was begun
-- ARGV[3] counter      of the tag clock
-- ARGV[4] keepMs       how long it lives from now; never shortens
-- ARGV[5] channel      where everybody is told
--
-- returns "complete" | "other" it is gone, or of another incarnation or era

--- @include tag-record
--- @include tell-tag

local found = read_tag(redis.pcall("GET", KEYS[1]))
if not found or found.incarnation ~= ARGV[1] then return "other" end
if found.era == HALF_MADE then
  write_tag(KEYS[1], ARGV[2] .. " " .. ARGV[3] .. " " .. ARGV[1], ARGV[4])
  tell_tag(ARGV[5], ARGV[2], ARGV[3], KEYS[1])
  return "complete"
end
-- Somebody else who found it half-made was quicker. It may have been invalidated since: its time stays.
if found.era ~= ARGV[2] then return "other" end
prolong_tag(KEYS[1], ARGV[4])
return "complete"
