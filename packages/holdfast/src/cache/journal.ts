import type { Clock } from "../contracts/clock.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { InvalidateRequest, Store } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { backoff, type Backoff } from "../policy/backoff.ts"
import { mergedRequest } from "../policy/merged-request.ts"

interface PendingKey {
  readonly key: string
  readonly address: EntryAddress
  request: InvalidateRequest
}

interface PendingTag {
  readonly key: string
  readonly tag: TagAddress
  /** Another one each time that the tag is invalidated. */
  request: object
}

type Pending = PendingKey | PendingTag

/** Invalidations sent again at one time. */
const batchSize = 64

/**
 * Invalidations that the store could not be told yet, merged per key: drop beats expire, the highest version and the shortest grace win;
 * tags by name. While a key is held here, this process reads it from the source and does not fill it; while a tag is, so it does with
 * every entry that carries it. Delivery is tried until it succeeds.
 */
export class Journal {
  readonly #pending = new Map<string, Pending>()
  readonly #store: Pick<Store, "invalidate">
  readonly #tellTags: TellTags
  readonly #clock: Clock
  readonly #limit: number
  readonly #report: ((event: HoldfastEvent) => void) | undefined
  readonly #backoff: Backoff
  #timer: unknown
  #closed = false
  #losses = 0

  /**
   * @param options.limit keys and tags held at most; above it {@link add} and {@link addTag} throw
   * @param options.tellTags tells the store of tags, anew each time; answers which it could not be told of. Never rejects
   */
  constructor(options: {
    store: Pick<Store, "invalidate">
    tellTags: TellTags
    clock: Clock
    random: Random
    limit: number
    report: ((event: HoldfastEvent) => void) | undefined
  }) {
    this.#store = options.store
    this.#tellTags = options.tellTags
    this.#clock = options.clock
    this.#limit = options.limit
    this.#report = options.report
    this.#backoff = backoff({ random: options.random, baseMs: 50, capMs: 1000 })
  }

  get size(): number {
    return this.#pending.size
  }

  /**
   * How often the store was found to have lost what it had acknowledged. Who was told of no loss when it began to wait for the store, and
   * finds one when it is answered, may have the answer of a store that knew less: even if the journal has been delivered by then.
   */
  get losses(): number {
    return this.#losses
  }

  /** The store was found to have lost something. */
  countLoss(): void {
    this.#losses += 1
  }

  /** @param key value key of an entry, or key of a tag: they are never the same */
  holds(key: string): boolean {
    return this.#pending.size > 0 && this.#pending.has(key)
  }

  /** Throws `INVALIDATION_BACKLOG_FULL`, and `CLOSED` once nothing is delivered any more. */
  add(address: EntryAddress, request: InvalidateRequest): void {
    const held = this.#pending.get(address.value)
    const before = held !== undefined && "address" in held ? held.request : undefined
    this.#put({ key: address.value, address, request: before === undefined ? request : mergedRequest(before, request) })
  }

  /**
   * Throws as {@link add} does.
   *
   * @param options.always takes it in although the journal is full
   */
  addTag(tag: TagAddress, { always = false }: { readonly always?: boolean } = {}): void {
    this.#put({ key: tag.key, tag, request: {} }, always)
  }

  /**
   * Takes in nothing more, tries to deliver everything at least once more, and goes on until it is done or time is up. Never rejects.
   *
   * @param untilMs on the monotonic clock
   */
  async close(untilMs: number): Promise<void> {
    this.#closed = true
    this.#clock.clearTimeout(this.#timer)
    await this.#deliverRest()
    this.#backoff.reset()
    while (this.#pending.size > 0) {
      const waitMs = this.#backoff.nextMs()
      if (this.#clock.monotonic() + waitMs >= untilMs) return
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, waitMs))
      await this.#deliverRest()
    }
  }

  async #deliverRest(): Promise<void> {
    const left = [...this.#pending.values()]
    for (let from = 0; from < left.length; from += batchSize) await this.#deliverAll(left.slice(from, from + batchSize))
  }

  #put(pending: Pending, always = false): void {
    if (this.#closed) throw new HoldfastError("CLOSED", "The store was not told of an invalidation before the end.")
    const isFull = !this.#pending.has(pending.key) && this.#pending.size >= this.#limit
    if (isFull && !always) throw backlogFull(this.#limit)
    this.#pending.set(pending.key, pending)
    this.#report?.({ name: "undelivered", pending: this.#pending.size })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed || this.#pending.size === 0) return
    this.#timer = this.#clock.setTimeout(() => void this.#deliver(), this.#backoff.nextMs())
  }

  /** Never rejects. */
  async #deliver(): Promise<void> {
    if (await this.#deliverAll(this.#nextBatch())) this.#backoff.reset()
    this.#timer = undefined
    this.#schedule()
  }

  /** Those that have waited longest, without a copy of all that wait. */
  #nextBatch(): readonly Pending[] {
    const batch: Pending[] = []
    for (const pending of this.#pending.values()) if (batch.push(pending) === batchSize) break
    return batch
  }

  /** Whether all of the batch was delivered. */
  async #deliverAll(batch: readonly Pending[]): Promise<boolean> {
    const keys = batch.filter((pending) => "address" in pending)
    const tags = batch.filter((pending) => "tag" in pending)
    const delivered = await Promise.all([this.#deliverTags(tags), ...keys.map((pending) => this.#deliverKey(pending))])
    this.#report?.({ name: "undelivered", pending: this.#pending.size })
    return delivered.every(Boolean)
  }

  async #deliverKey(pending: PendingKey): Promise<boolean> {
    const { address, request } = pending
    try {
      await this.#store.invalidate(address, request)
    } catch {
      this.#moveToEnd(pending)
      return false
    }
    this.#delivered(pending)
    return true
  }

  async #deliverTags(batch: readonly PendingTag[]): Promise<boolean> {
    if (batch.length === 0) return true
    const untold = await this.#tellTags(batch.map(({ tag }) => tag))
    for (const pending of batch) {
      if (untold.includes(pending.tag)) this.#moveToEnd(pending)
      else this.#delivered(pending)
    }
    return untold.length === 0
  }

  /** An invalidation that came meanwhile is still to be delivered. */
  #delivered({ key, request }: Pending): void {
    if (this.#pending.get(key)?.request === request) this.#pending.delete(key)
  }

  /** A key that the store refuses must not keep the others from being tried. */
  #moveToEnd({ key }: Pending): void {
    const held = this.#pending.get(key)
    if (held !== undefined && this.#pending.delete(key)) this.#pending.set(key, held)
  }
}

type TellTags = (tags: readonly TagAddress[]) => Promise<readonly TagAddress[]>

function backlogFull(limit: number): HoldfastError {
  return new HoldfastError(
    "INVALIDATION_BACKLOG_FULL",
    `${limit} keys and tags already wait for the store to return.`,
    {
      facts: { limit },
    },
  )
}
