import { HoldfastError } from "../errors/holdfast-error.ts"

/** Each costs a key in the look of every hit; with the longest names they still fit into an envelope. */
const tagsMax = 100
const tagBytesMax = 512

/** Half of a surrogate pair, which no bytes can carry. */
const halfCharacter = /\p{Surrogate}/u

/**
 * The names of tags without repetitions.
 *
 * @param names whatever came from outside
 * @throws INVALID_TAG unless it is an array of non-empty texts of at most 512 bytes
 */
export function checkedTagNames(names: readonly string[]): readonly string[] {
  if (!Array.isArray(names)) throw invalidTag("Tags are no array.", typeof names)
  for (const name of names) assertTagName(name)
  return names.length < 2 ? names : [...new Set(names)]
}

/** The same for the tags of one entry, of which there may be 100. */
export function checkedEntryTags(names: readonly string[]): readonly string[] {
  const tags = checkedTagNames(names)
  if (tags.length <= tagsMax) return tags
  throw new HoldfastError("INVALID_TAG", `An entry has ${tags.length} tags; at most ${tagsMax} may be.`, {
    facts: { tags: tags.length, limit: tagsMax },
  })
}

function assertTagName(name: unknown): void {
  if (typeof name !== "string") throw invalidTag("A tag is no text.", typeof name)
  if (name === "") throw invalidTag("A tag is the empty text.", "string")
  if (name.length * 3 > tagBytesMax && Buffer.byteLength(name) > tagBytesMax)
    throw invalidTag(`A tag is longer than ${tagBytesMax} bytes.`, "string")
  if (halfCharacter.test(name)) throw invalidTag("A tag holds half a surrogate pair.", "string")
}

function invalidTag(detail: string, type: string): HoldfastError {
  return new HoldfastError("INVALID_TAG", detail, { facts: { type } })
}
