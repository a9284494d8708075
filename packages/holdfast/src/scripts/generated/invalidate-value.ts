// Generated from scripts/invalidate-value.lua by tools/generate-scripts.mjs. Do not edit.

/** the second step of an invalidation by one-key scripts, for a slot that is on the move. */
export const invalidateValue: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "invalidate-value",
  sha1: "61f6ff31499e88c5a2d87f3667d414d2930d00ec",
  numberOfKeys: 1,
  lua: String.raw`local HEAD_BYTES = 64 + 255
local function unsigned(bytes, first, last)
local number = 0
for at = first, last do number = number * 256 + string.byte(bytes, at) end
return number
end
local function parse_entry(bytes)
if #bytes < 64 or string.sub(bytes, 1, 3) ~= "HF\1" then return nil end
return {
fresh_until = unsigned(bytes, 9, 16),
version = string.sub(bytes, 65, 64 + string.byte(bytes, 62)),
}
end
local function entry_id(bytes)
return (string.gsub(string.sub(bytes, 25, 40), ".", function(byte)
return string.format("%02x", string.byte(byte))
end))
end
local function read_stored(key)
return parse_entry(redis.call("GETRANGE", key, 0, HEAD_BYTES - 1))
end
local function drop(key, mode)
local head = redis.pcall("GETRANGE", key, 0, HEAD_BYTES - 1)
if type(head) ~= "string" then return "" end
local entry = parse_entry(head)
if entry and mode == "expire" and type(redis.pcall("SETRANGE", key, 8, string.rep("\0", 8))) == "number" then
return ""
end
redis.call("DEL", key)
return entry and entry.version or ""
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
