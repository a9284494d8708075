-- invalidate-value: the second step of an invalidation by one-key scripts, for a slot that is on the move.
--
-- KEYS[1] value    the entry
-- ARGV[1] mode     "drop" | "expire"
-- ARGV[2] graceMs  how long an expired value may still be kept
--
-- returns the version of what was removed, or ""

--- @include drop

return drop(KEYS[1], ARGV[1], ARGV[2])
