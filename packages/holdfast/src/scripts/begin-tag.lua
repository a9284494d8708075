-- begin-tag: the first half of making a tag. Only who fills an entry makes one.
--
-- KEYS[1] tag          the tag
-- ARGV[1] incarnation  names this making of it
-- ARGV[2] era          of the tag clock, as the caller knows it
-- ARGV[3] keepMs       how long it lives from now; never shortens
--
-- returns what the tag holds now (see includes/tag-record.lua): as it was, if it is half-made or complete in this era;
--         else half-made under the caller's incarnation

--- @include tag-record

local found = read_tag(redis.call("GET", KEYS[1]))
if found and (found.era == HALF_MADE or found.era == ARGV[2]) then
  prolong_tag(KEYS[1], ARGV[3])
  return found.text
end
return write_tag(KEYS[1], HALF_MADE .. " 0 " .. ARGV[1], ARGV[3])
