// Generated from scripts/unlist-entries.lua by tools/generate-scripts.mjs. Do not edit.
import { tagIndexLua } from "./includes/tag-index.ts"

/** takes entries off the index of a tag, if nobody has listed them again since they were read there. */
export const unlistEntries: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "unlist-entries",
  sha1: "fe4be20061d04fcc39834883f38cf119a5a0ad0c",
  lua:
    tagIndexLua +
    String.raw`local birth = read_birth(KEYS[1])
if not birth or birth.state ~= ARGV[1] then return "other" end
redis.call("PEXPIRE", KEYS[1], 86400000)
write_birth(KEYS[1], birth.born, birth.run, ARGV[2])
for score, entry in string.gmatch(ARGV[3], "(%d+) ([^\n]+)") do
if redis.call("ZSCORE", KEYS[1], entry) == score then redis.call("ZREM", KEYS[1], entry) end
end
end_with_last(KEYS[1])
return "unlisted"`,
}

/** Keys and arguments of unlist-entries.lua by name. */
export interface UnlistEntriesCall {
  /** KEYS: of the tag */
  readonly index: string
  /** state of the index as it was read */
  readonly since: string | Uint8Array
  /** 32 random hex characters: its state from now on */
  readonly state: string | Uint8Array
  /** lines of "<score as it was read> <value key>" */
  readonly entries: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function unlistEntriesCall(call: UnlistEntriesCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.index], [call.since, call.state, call.entries]]
}
