// Generated from scripts/invalidate-tag.lua by tools/generate-scripts.mjs. Do not edit.
import { tagRecordLua } from "./includes/tag-record.ts"
import { tellTagLua } from "./includes/tell-tag.ts"

/** makes every entry that carries a tag, and was loaded before this time of the tag clock, dead. */
export const invalidateTag: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "invalidate-tag",
  sha1: "78fff953dad5c3dc09db20c1ff48be772c294543",
  lua:
    tagRecordLua +
    tellTagLua +
    String.raw`local text = redis.pcall("GET", KEYS[1])
local found = read_tag(text)
if found and found.era == ARGV[1] then
if found.counter < tonumber(ARGV[2]) then
local raised = ARGV[1] .. " " .. ARGV[2] .. " " .. found.incarnation
if redis.pcall("SET", KEYS[1], raised, "KEEPTTL").err then redis.call("DEL", KEYS[1]) end
end
elseif type(text) == "string" then
redis.call("DEL", KEYS[1])
end
tell_tag(ARGV[3], ARGV[1], ARGV[2], KEYS[1])
return "invalidated"`,
}

/** Keys and arguments of invalidate-tag.lua by name. */
export interface InvalidateTagCall {
  /** KEYS: the tag */
  readonly tag: string
  /** of the tag clock, advanced after the change was committed */
  readonly era: string | Uint8Array
  /** of the tag clock */
  readonly counter: string | Uint8Array
  /** where everybody is told */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function invalidateTagCall(call: InvalidateTagCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.tag], [call.era, call.counter, call.channel]]
}
