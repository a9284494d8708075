// Generated from scripts/complete-tag.lua by tools/generate-scripts.mjs. Do not edit.
import { tagRecordLua } from "./includes/tag-record.ts"
import { tellTagLua } from "./includes/tell-tag.ts"
import { wholeMs } from "../whole-ms.ts"

/** the second half of making a tag, if the half-made one is still there. Never makes one. */
export const completeTag: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "complete-tag",
  sha1: "0c94ff4878a2fc8368513e35926783c973307a09",
  lua:
    tagRecordLua +
    tellTagLua +
    String.raw`local found = read_tag(redis.pcall("GET", KEYS[1]))
if not found or found.incarnation ~= ARGV[1] then return "other" end
if found.era == HALF_MADE then
write_tag(KEYS[1], ARGV[2] .. " " .. ARGV[3] .. " " .. ARGV[1], ARGV[4])
tell_tag(ARGV[5], ARGV[2], ARGV[3], KEYS[1])
return "complete"
end
if found.era ~= ARGV[2] then return "other" end
prolong_tag(KEYS[1], ARGV[4])
return "complete"`,
}

/** Keys and arguments of complete-tag.lua by name. */
export interface CompleteTagCall {
  /** KEYS: the tag */
  readonly tag: string
  /** that it was begun under */
  readonly incarnation: string | Uint8Array
  /** of the tag clock, read after the tag was begun */
  readonly era: string | Uint8Array
  /** of the tag clock */
  readonly counter: string | Uint8Array
  /** how long it lives from now; never shortens */
  readonly keepMs: number
  /** where everybody is told */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function completeTagCall(call: CompleteTagCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.tag], [call.incarnation, call.era, call.counter, wholeMs(call.keepMs), call.channel]]
}
