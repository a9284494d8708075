import { backoffMs, type BackoffPolicy } from "../policy/backoff.ts"

interface Rest {
  readonly untilMs: number
  /** In a row. */
  readonly failures: number
}

/**
 * Keys that are left alone for a while, the longer the more often they have failed in a row. Bounded, because a source that is away may
 * make many. Times are monotonic, in milliseconds.
 */
export class RestingKeys {
  readonly #rests = new Map<string, Rest>()
  readonly #limit: number
  readonly #policy: BackoffPolicy

  /** @param limit keys remembered; above it all are forgotten, which at worst tries them once more */
  constructor(limit: number, policy: BackoffPolicy) {
    this.#limit = limit
    this.#policy = policy
  }

  /** It rests longer than after the failure before, if that is not long past. */
  failed(key: string, nowMs: number): void {
    const failures = this.#failuresOf(key, nowMs) + 1
    this.#rest(key, { untilMs: nowMs + backoffMs(failures, this.#policy), failures })
  }

  /** Somebody else sees to it: it rests as after a first failure that nobody adds to. */
  leave(key: string, nowMs: number): void {
    this.#rest(key, { untilMs: nowMs + this.#policy.baseMs, failures: this.#failuresOf(key, nowMs) })
  }

  succeeded(key: string): void {
    this.#rests.delete(key)
  }

  isResting(key: string, nowMs: number): boolean {
    const rest = this.#rests.get(key)
    return rest !== undefined && nowMs < rest.untilMs
  }

  /** A key that nobody has tried for the longest rest of all begins anew. */
  #failuresOf(key: string, nowMs: number): number {
    const rest = this.#rests.get(key)
    return rest === undefined || nowMs > rest.untilMs + this.#policy.capMs ? 0 : rest.failures
  }

  #rest(key: string, rest: Rest): void {
    if (this.#rests.size >= this.#limit && !this.#rests.has(key)) this.#rests.clear()
    this.#rests.set(key, rest)
  }
}
