// Generated from scripts/includes/strict.lua by tools/generate-scripts.mjs. Do not edit.

export const strictLua: string = String.raw`local function settle_strict(record, run, term_ms, keep_ms, now)
if not record.strict or record.strict.run ~= run then
record.strict = { run = run, birth = now, deadline = 0 }
record.lease = nil
for _, window in ipairs(record.windows) do window.overlapped = true end
end
record.strict.deadline = math.max(record.strict.deadline, now + keep_ms)
return now - record.strict.birth < term_ms
end
local function open_strict(record, window, now)
local young = settle_strict(record, window.run, window.term_ms, window.keep_ms, now)
local overlapped = young or #record.windows > 0
void(record)
table.insert(record.windows, { id = window.id, deadline = now + window.term_ms, overlapped = overlapped })
end
`
