-- control-record: what is under way for one key, as readable lines of its control key.
--
--   lease <token> <deadlineMs> <waited 0|1>
--   window <id> <deadlineMs> <overlapped 0|1>
--   tombstone <version> <deadlineMs>
--   strict <run>/<birthMs> <deadlineMs>
--
-- A line of another kind comes from a newer release: it is kept as it is, and its third word counts as a deadline.
-- The key lives until the last deadline and is absent when nothing is to be recorded.

local function read_record(key, now)
  local record = { windows = {}, others = {} }
  local text = redis.pcall("GET", key)
  if type(text) ~= "string" then return record end
  for line in string.gmatch(text, "[^\n]+") do
    local kind, name, deadline, flag = string.match(line, "^(%S+) (%S+) (%d+) ?([01]?)$")
    deadline = tonumber(deadline)
    if kind == "lease" then
      record.lease = { token = name, deadline = deadline, waited = flag == "1" }
    elseif kind == "tombstone" then
      record.tombstone = { version = name, deadline = deadline }
    elseif kind == "strict" then
      local run, birth = string.match(name, "^(%x+)/(%d+)$")
      if run then record.strict = { run = run, birth = tonumber(birth), deadline = deadline } end
    elseif kind ~= "window" then
      table.insert(record.others, line)
    elseif deadline >= now then
      table.insert(record.windows, { id = name, deadline = deadline, overlapped = flag == "1" })
    end
  end
  -- A load that began under a tombstone is judged by it, however long it takes: a lease keeps it alive.
  if not record.lease and record.tombstone and record.tombstone.deadline < now then record.tombstone = nil end
  return record
end

-- The first write of a script that must go on although the server is out of memory: after one write it may do them all.
-- It removes nothing: in a slot on its way to another server a script may write a key that is there, not one it has removed.
local function begin_writing(key)
  redis.call("PEXPIRE", key, 86400000)
end

local function write_record(key, record, now)
  local lines, last = {}, now
  local function add(line, deadline)
    table.insert(lines, line)
    last = math.max(last, deadline)
  end
  local lease, tombstone = record.lease, record.tombstone
  if lease then
    add(string.format("lease %s %.0f %d", lease.token, lease.deadline, lease.waited and 1 or 0), lease.deadline)
  end
  for _, window in ipairs(record.windows) do
    local flag = window.overlapped and 1 or 0
    add(string.format("window %s %.0f %d", window.id, window.deadline, flag), window.deadline)
  end
  if tombstone and (lease or tombstone.deadline >= now) then
    add(string.format("tombstone %s %.0f", tombstone.version, tombstone.deadline), tombstone.deadline)
  end
  if record.strict then
    local strict = record.strict
    add(string.format("strict %s/%.0f %.0f", strict.run, strict.birth, strict.deadline), strict.deadline)
  end
  for _, line in ipairs(record.others) do
    add(line, tonumber(string.match(line, "^%S+ %S+ (%d+)")) or 0)
  end
  if last > now then
    redis.call("SET", key, table.concat(lines, "\n"), "PX", last - now)
  else
    redis.call("DEL", key)
  end
end
