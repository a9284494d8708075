import type { RenewRequest } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { EntryReading } from "./entry-reader.ts"
import type { Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"

/** A renewal must gain this share of the ttl, so that reads that follow closely do not each send one. */
const leastGain = 0.1

/** Lets entries live longer because they are read (`sliding`), and never longer than their absolute ttl. */
export class Renewal<V> {
  readonly #settings: Pick<CacheSettings<never, V>, "ttlMs" | "graceMs" | "absoluteTtlMs">
  readonly #parts: Parts
  readonly #lookout: Lookout<V>
  readonly #underWay = new Set<string>()

  constructor(settings: CacheSettings<never, V>, parts: Parts, lookout: Lookout<V>) {
    this.#settings = settings
    this.#parts = parts
    this.#lookout = lookout
  }

  /** A read has found this entry fresh. An absence does not slide: it would never be looked at again. */
  found(address: EntryAddress, entry: EntryReading<V>): void {
    const { absoluteTtlMs } = this.#settings
    if (absoluteTtlMs === undefined || entry.value === undefined) return
    const nowMs = this.#parts.store.now(address)
    const freshUntilMs = this.#renewed(entry, nowMs, absoluteTtlMs)
    const { id } = entry
    if (freshUntilMs === undefined || id === undefined || this.#underWay.has(address.value)) return
    this.#renew(address, { id, freshUntilMs, keepMs: freshUntilMs - nowMs + this.#settings.graceMs })
  }

  /** Until when the entry is to be fresh; undefined if that is not worth a command. */
  #renewed(entry: EntryReading<V>, nowMs: number, absoluteTtlMs: number): number | undefined {
    const { ttlMs } = this.#settings
    const capMs = entry.createdMs + absoluteTtlMs
    const freshUntilMs = Math.min(nowMs + ttlMs, capMs)
    const gainMs = freshUntilMs - entry.freshUntilMs
    const isWorthIt = gainMs >= leastGain * ttlMs || freshUntilMs === capMs
    return gainMs > 0 && isWorthIt ? freshUntilMs : undefined
  }

  #renew(address: EntryAddress, request: RenewRequest): void {
    const { value } = address
    this.#underWay.add(value)
    this.#parts.store
      .renew(address, request)
      .catch((error: unknown) => this.#lookout.storeFailed("renew", error))
      .finally(() => this.#underWay.delete(value))
  }
}
