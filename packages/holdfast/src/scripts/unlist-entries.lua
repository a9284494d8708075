-- unlist-entries: takes entries off the index of a tag, if nobody has listed them again since they were read there.
--
-- Who is listed again moves up, but one that was taken off meanwhile by somebody else may come back to where it was. So nothing is
-- done if anything was taken off since.
--
-- KEYS[1] index    of the tag
-- ARGV[1] since    state of the index as it was read
-- ARGV[2] state    32 random hex characters: its state from now on
-- ARGV[3] entries  lines of "<score as it was read> <value key>"
--
-- returns "unlisted" | "other" nothing was done

--- @include tag-index

local birth = read_birth(KEYS[1])
if not birth or birth.state ~= ARGV[1] then return "other" end
-- The first write of a script that must go on although the server is out of memory: after one write it may do them all.
redis.call("PEXPIRE", KEYS[1], 86400000)
write_birth(KEYS[1], birth.born, birth.run, ARGV[2])
for score, entry in string.gmatch(ARGV[3], "(%d+) ([^\n]+)") do
  if redis.call("ZSCORE", KEYS[1], entry) == score then redis.call("ZREM", KEYS[1], entry) end
end
end_with_last(KEYS[1])
return "unlisted"
