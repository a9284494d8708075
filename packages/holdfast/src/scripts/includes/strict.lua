-- strict: the control record of an entry that no read may get from before a committed change (R6).
-- That a record is absent is no proof that no window is open: it may have been lost, with its server or alone. So each names
-- its birth and the run of the server it was made under, and for one window term after its birth nothing may be stored.
--- @include control-record
--- @include void

-- Makes a record anew that is absent or of another run, and lets it live for keep_ms at least. Answers whether it is young.
local function settle_strict(record, run, term_ms, keep_ms, now)
  if not record.strict or record.strict.run ~= run then
    record.strict = { run = run, birth = now, deadline = 0 }
    record.lease = nil
    for _, window in ipairs(record.windows) do window.overlapped = true end
  end
  record.strict.deadline = math.max(record.strict.deadline, now + keep_ms)
  return now - record.strict.birth < term_ms
end

-- Records that a writer is about to change the source: every lease is void, and none is granted until the last window has gone.
local function open_strict(record, window, now)
  local young = settle_strict(record, window.run, window.term_ms, window.keep_ms, now)
  local overlapped = young or #record.windows > 0
  void(record)
  table.insert(record.windows, { id = window.id, deadline = now + window.term_ms, overlapped = overlapped })
end
