// Generated from scripts/invalidate-value.lua by tools/generate-scripts.mjs. Do not edit.

/** the second step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateValue: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "invalidate-value",
  sha1: "5daaca8f9ff9ae1e5994dd290250d42b1b2d4bfb",
  numberOfKeys: 1,
  lua: String.raw`local HEAD_BYTES = 64 + 255
local function is_entry(bytes)
return #bytes >= 64 and string.sub(bytes, 1, 3) == "HF\1"
end
local function fresh_until(entry)
local high, low = struct.unpack(">I4I4", entry, 9)
return high * 4294967296 + low
end
local function version_of(bytes)
if not is_entry(bytes) then return "" end
return string.sub(bytes, 65, 64 + string.byte(bytes, 62))
end
local function entry_id(entry)
return (string.gsub(string.sub(entry, 25, 40), ".", function(byte)
return string.format("%02x", string.byte(byte))
end))
end
local function read_head(key)
return redis.call("GETRANGE", key, 0, HEAD_BYTES - 1)
end
local function drop(key, mode)
local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
if type(head) ~= "string" then return "" end
if mode == "expire" and is_entry(head) and type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) == "number" then
return ""
end
redis.call("DEL", key)
return version_of(head)
end
return drop(KEYS[1], ARGV[1])`,
}

/** Keys and arguments of invalidate-value.lua by name. */
export interface InvalidateValueCall {
  /** KEYS: the entry */
  readonly value: string
  /** "drop" | "expire" */
  readonly mode: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function invalidateValueCall(call: InvalidateValueCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.value], [call.mode]]
}
