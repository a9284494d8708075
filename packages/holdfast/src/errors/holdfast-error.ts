import { errorCodes, type ErrorCode } from "../catalogue/error-codes.ts"

const brand: unique symbol = Symbol.for("holdfast.error") as never

/** Facts about an error, safe to log: names, sizes, times, counts. Never keys, values or secrets. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * The one error class of Holdfast. Branch on `code`; `message` is for people.
 *
 * `instanceof` works across two installed copies, because it looks at a registered symbol.
 */
export class HoldfastError extends Error {
  /** Always "HoldfastError". */
  override readonly name = "HoldfastError"
  /** Stable code from the catalogue. */
  readonly code: ErrorCode
  /** What this occurrence was about. */
  readonly facts: ErrorFacts
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean

  /** @param options.retryable for codes whose occurrences differ; default: as the catalogue says of the code */
  constructor(
    code: ErrorCode,
    detail: string,
    options: { facts?: ErrorFacts; cause?: unknown; retryable?: boolean } = {},
  ) {
    const known = errorCodes[code]
    super(`${code}: ${detail} ${known.remedy}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.facts = options.facts ?? {}
    this.retryable = options.retryable ?? known.retryable
    Object.defineProperty(this, brand, { value: true })
  }

  /** Also true for errors of another installed copy. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value
  }
}

/** The same error, whose message begins by saying whose it is. */
export function withOwner(error: HoldfastError, owner: string, facts: ErrorFacts): HoldfastError {
  const { code, message, cause, retryable } = error
  const detail = message.slice(`${code}: `.length, -` ${errorCodes[code].remedy}`.length)
  return new HoldfastError(code, `${owner}: ${detail}`, { facts: { ...error.facts, ...facts }, cause, retryable })
}

/** Whether `error` is a {@link HoldfastError} with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is HoldfastError {
  return error instanceof HoldfastError && error.code === code
}
