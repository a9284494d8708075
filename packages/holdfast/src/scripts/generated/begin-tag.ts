// Generated from scripts/begin-tag.lua by tools/generate-scripts.mjs. Do not edit.
import { tagRecordLua } from "./includes/tag-record.ts"
import { wholeMs } from "../whole-ms.ts"

/** the first half of making a tag. Only who fills an entry makes one. */
export const beginTag: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "begin-tag",
  sha1: "846283829c9e286ce92b0babd83f1748ae29572b",
  lua:
    tagRecordLua +
    String.raw`local found = read_tag(redis.call("GET", KEYS[1]))
if found and (found.era == HALF_MADE or found.era == ARGV[2]) then
prolong_tag(KEYS[1], ARGV[3])
return found.text
end
return write_tag(KEYS[1], HALF_MADE .. " 0 " .. ARGV[1], ARGV[3])`,
}

/** Keys and arguments of begin-tag.lua by name. */
export interface BeginTagCall {
  /** KEYS: the tag */
  readonly tag: string
  /** names this making of it */
  readonly incarnation: string | Uint8Array
  /** of the tag clock, as the caller knows it */
  readonly era: string | Uint8Array
  /** how long it lives from now; never shortens */
  readonly keepMs: number
}

/** Puts keys and arguments in the order of the script. */
export function beginTagCall(call: BeginTagCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.tag], [call.incarnation, call.era, wholeMs(call.keepMs)]]
}
