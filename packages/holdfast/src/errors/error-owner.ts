import { HoldfastError, withOwner } from "./holdfast-error.ts"

/** Codes of what is wrong with a key, a version, a tag, a group or a value, which is found where the cache is not known. */
const ofData: ReadonlySet<string> = new Set([
  "INVALID_KEY",
  "INVALID_GROUP",
  "INVALID_VERSION",
  "INVALID_TAG",
  "VALUE_NOT_ENCODABLE",
])

/** The same error; if it is about data of a cache and does not say of which, it does so. */
export function errorOfCache(cache: string, error: unknown): unknown {
  const isUnowned = error instanceof HoldfastError && ofData.has(error.code) && error.facts["cache"] === undefined
  return isUnowned ? withOwner(error, `Cache "${cache}"`, { cache }) : error
}
