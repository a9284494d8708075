import type { InvalidationTarget } from "../contracts/domain-event.ts"

/** What one event means for one cache. */
export interface CacheRule<K, T> {
  readonly keysOf?: (payload: T) => readonly K[]
  readonly tagsOf?: (payload: T) => readonly string[]
}

/** What some events have changed. */
export interface Changes<K> {
  readonly keys: readonly K[]
  readonly tags: readonly string[]
}

/** What payloads mean for a cache by all of its rules. Throws what a rule throws, and for an answer that is no array. */
export function changesOf<K, T>(rules: readonly CacheRule<K, T>[], payloads: readonly T[]): Changes<K> {
  const keys: K[] = []
  const tags = new Set<string>()
  for (const payload of payloads) {
    for (const { keysOf, tagsOf } of rules) {
      if (keysOf !== undefined) keys.push(...arrayOf(keysOf(payload)))
      if (tagsOf !== undefined) for (const tag of arrayOf(tagsOf(payload))) tags.add(tag)
    }
  }
  return { keys, tags: [...tags] }
}

/** Whether the store knows of all of it. */
export async function invalidate<K>(target: InvalidationTarget<K>, { keys, tags }: Changes<K>): Promise<boolean> {
  const told = await Promise.all([
    keys.length === 0 || target.invalidate(keys),
    tags.length === 0 || target.invalidateTags(tags),
  ])
  return told.every(Boolean)
}

/** How to clear what depends on events that are not known: tags that they may have named belong to no one cache. */
export function clearingOf<K, T>(
  { clear, clearNamespace }: InvalidationTarget<K>,
  rules: readonly CacheRule<K, T>[],
): () => Promise<boolean> {
  return rules.some(({ tagsOf }) => tagsOf !== undefined) ? clearNamespace : clear
}

/** A rule that forgets to answer must not be taken for one that says "nothing". */
function arrayOf<E>(answer: readonly E[]): readonly E[] {
  if (Array.isArray(answer)) return answer as readonly E[]
  throw new TypeError("A rule of `invalidateOn` answers an array.")
}
