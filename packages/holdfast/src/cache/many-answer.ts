import type { EntryAddress } from "../entry/key.ts"
import { hasCode, HoldfastError } from "../errors/holdfast-error.ts"
import type { CacheSettings } from "./cache-settings.ts"

type AnswerSettings<K, V> = Pick<CacheSettings<K, V>, "name" | "addressOf" | "addressOfValue">

/**
 * Puts what `loadMany` answered in order: value by value key. Entries of keys that were not asked for are left out, and so are
 * undefined and null. Throws `INVALID_LOAD_RESULT` for anything that leaves open which value belongs to a key.
 *
 * @param asked the value keys that were asked for
 * @param answer whatever the loader answered: it has not been looked at yet
 */
export function valuesByKey<K, V>(
  settings: AnswerSettings<K, V>,
  asked: Pick<ReadonlySet<string>, "has">,
  answer: unknown,
): Map<string, V> {
  const values = new Map<string, V>()
  for (const [address, value] of addressed(settings, answer)) {
    if (!asked.has(address.value)) continue
    if (values.has(address.value)) throw invalidResult(settings, "two values for one key")
    values.set(address.value, value)
  }
  return values
}

function addressed<K, V>(settings: AnswerSettings<K, V>, answer: unknown): (readonly [EntryAddress, V])[] {
  const { addressOf, addressOfValue } = settings
  try {
    if (Array.isArray(answer)) {
      if (addressOfValue === undefined) throw invalidResult(settings, "an array, which needs `keyOf`")
      const rows: readonly (V | undefined | null)[] = answer
      return rows.filter(isPresent).map((value) => [addressOfValue(value), value])
    }
    if (!isMap<K, V>(answer)) throw invalidResult(settings, "something that is neither a Map nor an array")
    return Array.from(answer).flatMap(([key, value]) => (isPresent(value) ? [[addressOf(key), value]] : []))
  } catch (error) {
    throw hasCode(error, "INVALID_KEY") ? invalidResult(settings, "something that is no key as a key", error) : error
  }
}

function isPresent<V>(value: V | undefined | null): value is V {
  return value !== undefined && value !== null
}

/** By shape, so that a Map of another realm is one too. */
function isMap<K, V>(answer: unknown): answer is ReadonlyMap<K, V | undefined | null> {
  return typeof answer === "object" && answer !== null && "get" in answer && Symbol.iterator in answer
}

function invalidResult({ name: cache }: { readonly name: string }, what: string, cause?: HoldfastError): HoldfastError {
  return new HoldfastError("INVALID_LOAD_RESULT", `The \`loadMany\` of cache "${cache}" answered ${what}.`, {
    facts: { cache },
    cause,
  })
}
