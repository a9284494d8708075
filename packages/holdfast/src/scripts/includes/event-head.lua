-- event-head: what was published last in the stream of an event, as one readable line.
--
--   <era> <count> <run> <id>  <count> events were published in this era, the last one as entry <id>
--
-- A line that is missing, or that was left by another run of the server, begins a new era at the end of the stream: what was
-- published last may have been lost, and a reader that stands at the end must not take what comes now for what follows.

local function event_head(stream, key, run, new_era)
  local era, count, known_run, id = string.match(redis.call("GET", key) or "", "^(%x+) (%d+) (%S*) (%d+%-%d+)$")
  if era and known_run == run then return { era = era, count = tonumber(count), id = id, known = true } end
  local last = redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1)
  return { era = new_era, count = 0, id = last[1] and last[1][1] or "0-0", known = false }
end

local function event_place(head)
  return string.format("%s %.0f %s", head.era, head.count, head.id)
end

local function keep_event_head(key, head, run, keep_ms)
  local line = string.format("%s %.0f %s %s", head.era, head.count, run, head.id)
  redis.call("SET", key, line, "PX", keep_ms)
end
