// Generated from scripts/includes/store-write.lua by tools/generate-scripts.mjs. Do not edit.

export const storeWriteLua: string = String.raw`local function store_write(value_key, control_key, record, write, now)
if type(redis.pcall("STRLEN", value_key)) ~= "number" then return false end
local stored = redis.pcall("SET", value_key, write.entry, "PX", write.keep_ms)
if stored.err then return false end
void(record)
write_record(control_key, record, now)
wake(write.channel, "i", value_key)
return true
end
`
