import type { InvalidateRequest } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { CacheStats } from "./cache-stats.ts"
import type { Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"

/** What became of an invalidation. */
export interface Delivery {
  /** Whether the store knows of it; false: it is journalled and will be told later, and only this process heeds it until then. */
  readonly delivered: boolean
}

/** The invalidate path of one cache. */
export class Invalidator {
  readonly #settings: CacheSettings<never, never>
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly #forget: (address: EntryAddress) => void
  readonly #lookout: Pick<Lookout<never>, "storeFailed">

  constructor(
    settings: Pick<CacheSettings<never, never>, "name">,
    parts: Parts,
    stats: CacheStats,
    reader: {
      forget(address: EntryAddress): void
      readonly lookout: Pick<Lookout<never>, "storeFailed">
    },
  ) {
    this.#settings = settings as CacheSettings<never, never>
    this.#parts = parts
    this.#stats = stats
    this.#forget = (address) => reader.forget(address)
    this.#lookout = reader.lookout
  }

  /**
   * Makes every store read that starts after it resolves miss. Rejects only with `INVALIDATION_BACKLOG_FULL`.
   *
   * @param tell tells the store or the journal; answers whether the store knows
   */
  async invalidate(
    address: EntryAddress,
    request: InvalidateRequest,
    tell: () => Promise<boolean> = () => this.deliver(address, request),
  ): Promise<Delivery> {
    this.#forget(address)
    this.#stats.invalidations += 1
    const delivered = await tell()
    this.#parts.report?.({ name: "invalidate", cache: this.#settings.name, key: address.value, delivered })
    return { delivered }
  }

  /** Tells the store, or the journal. Flights are detached and copies dropped again once either is told. */
  async deliver(address: EntryAddress, request: InvalidateRequest): Promise<boolean> {
    const { journal } = this.#parts
    try {
      if (journal.holds(address.value) || !(await this.#tell(address, request))) return this.#journal(address, request)
      return true
    } finally {
      this.#forget(address)
    }
  }

  /** Whether the store knows now. */
  async #tell(address: EntryAddress, request: InvalidateRequest): Promise<boolean> {
    try {
      await this.#parts.store.invalidate(address, request)
      return true
    } catch (error) {
      this.#lookout.storeFailed("invalidate", error)
      return false
    }
  }

  #journal(address: EntryAddress, request: InvalidateRequest): false {
    this.#stats.undelivered += 1
    try {
      this.#parts.journal.add(address, request)
    } catch (error) {
      this.#parts.report?.({ name: "invalidation-lost", cache: this.#settings.name, key: address.value })
      throw error
    }
    return false
  }
}
