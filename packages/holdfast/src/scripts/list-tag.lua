-- list-tag: one page of the index of a tag, in the order in which its entries end. Those that end together are never parted.
--
-- KEYS[1] index  of the tag
-- ARGV[1] after  score of the last one of the page before, or "0" for the first page
-- ARGV[2] limit  how many are wanted
--
-- returns {nowMs, birth, entry, score, entry, score, ...}; birth is "" where there is none

--- @include now
--- @include tag-index

local now = server_now()
local from = tonumber(ARGV[1]) >= now and "(" .. ARGV[1] or string.format("%.0f", now)
local page = redis.call("ZRANGE", KEYS[1], from, "(inf", "BYSCORE", "LIMIT", 0, ARGV[2], "WITHSCORES")
local last = page[#page]
if last then
  while page[#page] == last do
    table.remove(page)
    table.remove(page)
  end
  for _, each in ipairs(redis.call("ZRANGE", KEYS[1], last, last, "BYSCORE", "WITHSCORES")) do table.insert(page, each) end
end
local birth = read_birth(KEYS[1])
table.insert(page, 1, birth and birth.text or "")
table.insert(page, 1, now)
return page
