// Generated from scripts/list-tag.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { tagIndexLua } from "./includes/tag-index.ts"

/** one page of the index of a tag, in the order in which its entries end. Those that end together are never parted. */
export const listTag: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "list-tag",
  sha1: "781e3c51f58a657332a36a74e7746851e5f1a46d",
  lua:
    nowLua +
    tagIndexLua +
    String.raw`local now = server_now()
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
return page`,
}

/** Keys and arguments of list-tag.lua by name. */
export interface ListTagCall {
  /** KEYS: of the tag */
  readonly index: string
  /** score of the last one of the page before, or "0" for the first page */
  readonly after: string | Uint8Array
  /** how many are wanted */
  readonly limit: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function listTagCall(call: ListTagCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.index], [call.after, call.limit]]
}
