import type { InvalidateRequest, KeepAnswer, RenewRequest, StoredEntry } from "../../contracts/store.ts"
import { copyFreshUntil, peekEnvelope } from "../../entry/envelope.ts"
import { isOlder, type ControlRecord } from "./control-record.ts"
import { ExpiringMap } from "./expiring-map.ts"
import { wholeMs } from "./whole-ms.ts"

type Stamp = NonNullable<ReturnType<typeof peekEnvelope>>

/** The entries of an in-process store: bytes under a key, for a time. */
export class EntryShelf {
  readonly #entries: ExpiringMap<Buffer>
  readonly #now: () => number

  constructor(bounds: { readonly maxEntries: number; readonly maxBytes: number; readonly now: () => number }) {
    this.#entries = new ExpiringMap({ ...bounds, bytesOf: (bytes) => bytes.length })
    this.#now = bounds.now
  }

  get(key: string): Buffer | undefined {
    return this.#entries.get(key)
  }

  /** An entry with what it says of itself; undefined also for the one with the id that is rejected. */
  find(key: string, rejected: string | undefined): (Stamp & { readonly bytes: Buffer }) | undefined {
    const bytes = this.#entries.get(key)
    const stamp = bytes && peekEnvelope(bytes)
    return bytes === undefined || stamp === undefined || stamp.id === rejected ? undefined : { bytes, ...stamp }
  }

  /** What the entry says of itself; undefined if there is none, or bytes that are no entry. */
  stampOf(key: string): Stamp | undefined {
    const bytes = this.#entries.get(key)
    return bytes && peekEnvelope(bytes)
  }

  /** Remaining life in milliseconds. */
  keepMsOf(key: string): number | undefined {
    const expiresAtMs = this.#entries.expiryOf(key)
    return expiresAtMs === undefined ? undefined : expiresAtMs - this.#now()
  }

  // A copy of its own, so that the caller's buffer, and the slab it may be part of, is not kept.
  put(key: string, { bytes, keepMs }: StoredEntry): void {
    const copy = Buffer.allocUnsafeSlow(bytes.length)
    bytes.copy(copy)
    this.#entries.set(key, copy, this.#now() + wholeMs(keepMs))
  }

  /** Removes an entry and returns its version; with `expire` marks it stale and leaves it for its grace. See `scripts/includes/drop.lua`. */
  drop(key: string, { mode, graceMs }: Pick<InvalidateRequest, "mode" | "graceMs">): string | undefined {
    const bytes = this.#entries.get(key)
    const expiresAtMs = this.#entries.expiryOf(key)
    if (bytes === undefined || expiresAtMs === undefined) return undefined
    const stamp = peekEnvelope(bytes)
    if (mode === "expire" && graceMs > 0 && stamp !== undefined) {
      this.#entries.set(key, copyFreshUntil(bytes, 0), Math.min(expiresAtMs, this.#now() + Math.ceil(graceMs)))
      return undefined
    }
    this.#entries.delete(key)
    return stamp?.version
  }

  /** See `scripts/renew.lua`. */
  renew(key: string, { id, freshUntilMs, keepMs }: RenewRequest): boolean {
    const bytes = this.#entries.get(key)
    const stamp = bytes && peekEnvelope(bytes)
    if (bytes === undefined || stamp?.id !== id) return false
    if (stamp.freshUntilMs <= this.#now() || stamp.freshUntilMs >= freshUntilMs) return false
    this.#liveUntil(key, bytes, { freshUntilMs, keepMs })
    return true
  }

  /** See `scripts/keep-unchanged.lua`. */
  keepUnchanged(key: string, { id, ...life }: RenewRequest, record: ControlRecord): Exclude<KeepAnswer, "lost"> {
    const bytes = this.#entries.get(key)
    const stamp = bytes && peekEnvelope(bytes)
    if (bytes === undefined || stamp?.id !== id) return "gone"
    if (isOlder(stamp.version, record, stamp.version)) return "older"
    this.#liveUntil(key, bytes, life)
    return "kept"
  }

  /** See `scripts/includes/life.lua`. */
  #liveUntil(key: string, bytes: Buffer, { freshUntilMs, keepMs }: Omit<RenewRequest, "id">): void {
    this.#entries.set(key, copyFreshUntil(bytes, freshUntilMs), this.#now() + wholeMs(keepMs))
  }

  keys(): readonly string[] {
    return this.#entries.keys().filter((key) => this.#entries.expiryOf(key) !== undefined)
  }

  evict(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }
}
