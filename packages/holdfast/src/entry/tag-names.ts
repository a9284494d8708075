import { HoldfastError, type ErrorFacts } from "../errors/holdfast-error.ts"

/** Each costs a key in the look of every hit; with the longest names they still fit into an envelope. */
const tagsMax = 100
const tagBytesMax = 512

/** Half of a surrogate pair, which no bytes can carry. */
const halfCharacter = /\p{Surrogate}/u

/** What takes tags: a call, or the option of a cache. */
export type TagTaker = "invalidateTags" | "invalidateOn" | "listTag" | "reclaimTag" | "entry.tags" | "tags"

/**
 * The names of tags without repetitions.
 *
 * @param taker who was given them, for the message
 * @param names whatever came from outside
 * @throws INVALID_TAG unless it is an array of non-empty texts of at most 512 bytes
 */
export function checkedTagNames(taker: TagTaker, names: readonly string[]): readonly string[] {
  if (!Array.isArray(names)) throw invalidTag(taker, "the tags are no array.", { type: typeof names })
  for (const name of names) assertTagName(taker, name)
  return names.length < 2 ? names : [...new Set(names)]
}

/** The same for the tags of one entry, of which there may be 100. */
export function checkedEntryTags(taker: TagTaker, names: readonly string[]): readonly string[] {
  const tags = checkedTagNames(taker, names)
  if (tags.length <= tagsMax) return tags
  throw invalidTag(taker, `an entry has ${tags.length} tags.`, { tags: tags.length, limit: tagsMax })
}

function assertTagName(taker: TagTaker, name: unknown): void {
  const type = typeof name
  if (typeof name !== "string") throw invalidTag(taker, "a tag is no text.", { type })
  if (name === "") throw invalidTag(taker, "a tag is the empty text.", { type })
  if (name.length * 3 > tagBytesMax && Buffer.byteLength(name) > tagBytesMax)
    throw invalidTag(taker, `a tag is longer than ${tagBytesMax} bytes.`, { type })
  if (halfCharacter.test(name)) throw invalidTag(taker, "a tag holds half a surrogate pair.", { type })
}

function invalidTag(taker: TagTaker, detail: string, facts: ErrorFacts): HoldfastError {
  return new HoldfastError("INVALID_TAG", `\`${taker}\`: ${detail}`, { facts: { from: taker, ...facts } })
}
