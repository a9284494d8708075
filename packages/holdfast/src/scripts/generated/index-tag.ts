// Generated from scripts/index-tag.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { tagIndexLua } from "./includes/tag-index.ts"

/** lists entries that are about to be stored with a tag, each until a time by which it has certainly ended. */
export const indexTag: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "index-tag",
  sha1: "78dbc24c8848de5ab6d08e595e686301d55d0495",
  lua:
    nowLua +
    tagIndexLua +
    String.raw`local trimmed_at_once = 200
local now = server_now()
local birth = read_birth(KEYS[1])
if not birth or birth.run ~= ARGV[1] then write_birth(KEYS[1], string.format("%.0f", now), ARGV[1], ARGV[2]) end
for life, entry in string.gmatch(ARGV[3], "(%d+) ([^\n]+)") do
local ends = now + tonumber(life)
local known = tonumber(redis.call("ZSCORE", KEYS[1], entry) or "")
if known and known >= ends then ends = known + 1 end
redis.call("ZADD", KEYS[1], string.format("%.0f", ends), entry)
end
local before = string.format("(%.0f", now)
local ended = redis.call("ZRANGE", KEYS[1], "-inf", before, "BYSCORE", "LIMIT", 0, trimmed_at_once)
if #ended > 0 then redis.call("ZREM", KEYS[1], unpack(ended)) end
end_with_last(KEYS[1])
return "listed"`,
}

/** Keys and arguments of index-tag.lua by name. */
export interface IndexTagCall {
  /** KEYS: of the tag */
  readonly index: string
  /** run id of this server */
  readonly run: string | Uint8Array
  /** 32 random hex characters, for an index that is born here */
  readonly state: string | Uint8Array
  /** lines of "<life in ms> <value key>" */
  readonly entries: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function indexTagCall(call: IndexTagCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.index], [call.run, call.state, call.entries]]
}
