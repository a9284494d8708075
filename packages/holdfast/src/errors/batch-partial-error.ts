import { hasCode, HoldfastError } from "./holdfast-error.ts"

/**
 * What `getMany` and `getTogether` reject with when some of what they were asked for, or all, could not be read; `code` is
 * `BATCH_PARTIAL`. Its `cause` is the first of the errors; the message names its class and code, and not its text, in which keys and
 * values may be. `retryable` is false if one of the errors is a `HoldfastError` that is not. What could be read is in no message and in
 * no field that a logger copies.
 */
export class BatchPartialError<K = unknown, V = unknown> extends HoldfastError {
  readonly #values: ReadonlyMap<K, V | undefined>
  readonly #errors: ReadonlyMap<K, unknown>

  /**
   * @param values of the keys that could be read
   * @param errors of those that could not; at least one
   */
  constructor(values: ReadonlyMap<K, V | undefined>, errors: ReadonlyMap<K, unknown>) {
    const facts = { failed: errors.size, keys: values.size + errors.size }
    const [cause] = errors.values()
    const detail = `${facts.failed} of ${facts.keys} keys could not be read${byWhat(cause)}.`
    super("BATCH_PARTIAL", detail, { facts, cause, retryable: [...errors.values()].every(isRetryable) })
    this.#values = values
    this.#errors = errors
  }

  /** The keys that could be read, as they were given first, with their values; undefined means "not in the source". */
  get values(): ReadonlyMap<K, V | undefined> {
    return this.#values
  }

  /** The keys that could not, with what `get` of each would have rejected with. */
  get errors(): ReadonlyMap<K, unknown> {
    return this.#errors
  }

  /** Also true for errors of another installed copy. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, "BATCH_PARTIAL")
  }
}

/** What is neither the name of a class nor a code may be anything. */
const identifier = /^\w{1,64}$/

function byWhat(cause: unknown): string {
  if (!(cause instanceof Error)) return ""
  const { name, code } = cause as Error & { readonly code?: unknown }
  const said = [name, code].filter((part) => typeof part === "string" && identifier.test(part))
  return said.length === 0 ? "" : `, the first because of ${said.join(" ")}`
}

/** Errors of the source are taken to pass: nobody has said otherwise. */
function isRetryable(error: unknown): boolean {
  return !(error instanceof HoldfastError) || error.retryable
}
