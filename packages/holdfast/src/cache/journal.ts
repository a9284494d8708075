import type { Clock } from "../contracts/clock.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { InvalidateRequest, Store } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { isNewer } from "../entry/version.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { backoff, type Backoff } from "../policy/backoff.ts"

interface Pending {
  readonly address: EntryAddress
  request: InvalidateRequest
}

/** Invalidations sent again at one time. */
const batchSize = 64

/**
 * Invalidations that the store could not be told yet, merged per key: drop beats expire, the highest version and the shortest grace win.
 * While a key is held here, this process reads it from the source and does not fill it. Delivery is tried until it succeeds.
 */
export class Journal {
  readonly #pending = new Map<string, Pending>()
  readonly #store: Store
  readonly #clock: Clock
  readonly #limit: number
  readonly #report: ((event: HoldfastEvent) => void) | undefined
  readonly #backoff: Backoff
  #timer: unknown
  #closed = false

  /** @param options.limit keys held at most; above it {@link add} rejects */
  constructor(options: {
    store: Store
    clock: Clock
    random: Random
    limit: number
    report: ((event: HoldfastEvent) => void) | undefined
  }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#limit = options.limit
    this.#report = options.report
    this.#backoff = backoff({ random: options.random, baseMs: 50, capMs: 1000 })
  }

  get size(): number {
    return this.#pending.size
  }

  holds(valueKey: string): boolean {
    return this.#pending.size > 0 && this.#pending.has(valueKey)
  }

  /** Throws `INVALIDATION_BACKLOG_FULL`, and `CLOSED` once nothing is delivered any more. */
  add(address: EntryAddress, request: InvalidateRequest): void {
    if (this.#closed) throw new HoldfastError("CLOSED", "The store was not told of an invalidation before the end.")
    const held = this.#pending.get(address.value)
    if (held !== undefined) held.request = merged(held.request, request)
    else if (this.#pending.size >= this.#limit) throw backlogFull(this.#limit)
    else this.#pending.set(address.value, { address, request })
    this.#report?.({ name: "undelivered", pending: this.#pending.size })
    this.#schedule()
  }

  /** Tries once more to deliver everything, and then stops trying. Never rejects. Resolves with what is left. */
  async close(): Promise<number> {
    this.#closed = true
    this.#clock.clearTimeout(this.#timer)
    const left = [...this.#pending.values()]
    for (let from = 0; from < left.length; from += batchSize) await this.#deliverAll(left.slice(from, from + batchSize))
    return this.#pending.size
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed || this.#pending.size === 0) return
    this.#timer = this.#clock.setTimeout(() => void this.#deliver(), this.#backoff.nextMs())
  }

  /** Never rejects. */
  async #deliver(): Promise<void> {
    if (await this.#deliverAll([...this.#pending.values()].slice(0, batchSize))) this.#backoff.reset()
    this.#timer = undefined
    this.#schedule()
  }

  /** Whether all of the batch was delivered. */
  async #deliverAll(batch: readonly Pending[]): Promise<boolean> {
    const delivered = await Promise.all(batch.map((pending) => this.#deliverOne(pending)))
    this.#report?.({ name: "undelivered", pending: this.#pending.size })
    return delivered.every(Boolean)
  }

  async #deliverOne(pending: Pending): Promise<boolean> {
    const { address, request } = pending
    try {
      await this.#store.invalidate(address, request)
    } catch {
      this.#moveToEnd(pending)
      return false
    }
    // An invalidation that came meanwhile is still to be delivered.
    if (pending.request === request) this.#pending.delete(address.value)
    return true
  }

  /** A key that the store refuses must not keep the others from being tried. */
  #moveToEnd(pending: Pending): void {
    const { value } = pending.address
    if (this.#pending.delete(value)) this.#pending.set(value, pending)
  }
}

function merged(a: InvalidateRequest, b: InvalidateRequest): InvalidateRequest {
  return {
    mode: a.mode === "drop" || b.mode === "drop" ? "drop" : "expire",
    version:
      a.version === undefined || (b.version !== undefined && isNewer(b.version, a.version)) ? b.version : a.version,
    graceMs: Math.min(a.graceMs, b.graceMs),
    tombstoneMs: Math.max(a.tombstoneMs, b.tombstoneMs),
  }
}

function backlogFull(limit: number): HoldfastError {
  return new HoldfastError("INVALIDATION_BACKLOG_FULL", `${limit} keys already wait for the store to return.`, {
    facts: { limit },
  })
}
