import type { InvalidateRequest, StoredEntry, WindowGrant } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { CacheStats } from "./cache-stats.ts"
import { sealEntry } from "./entry-writer.ts"
import { holdMs, keepWindow } from "./holding.ts"
import type { Invalidator } from "./invalidator.ts"
import type { Parts } from "./parts.ts"
import type { Reader } from "./reader.ts"

/** What became of a write. */
export interface Written<V> {
  /** What the writer returned. */
  readonly value: V | undefined
  /** Whether the store now holds it; false: the entry was invalidated, and the next read loads. */
  readonly stored: boolean
  /** Whether the store knows of the change; false: it is journalled and will be told later. */
  readonly delivered: boolean
}

/** The write path of one cache: open a window, run the writer, close it with the value or with an invalidation. */
export class Writer<V> {
  readonly #settings: CacheSettings<never, V>
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly #reader: Pick<Reader<never, V>, "forget" | "lookout">
  readonly #invalidator: Invalidator

  constructor(
    settings: CacheSettings<never, V>,
    parts: Parts,
    stats: CacheStats,
    reader: Pick<Reader<never, V>, "forget" | "lookout">,
    invalidator: Invalidator,
  ) {
    this.#settings = settings
    this.#parts = parts
    this.#stats = stats
    this.#reader = reader
    this.#invalidator = invalidator
  }

  /** Rejects with what the writer threw, after invalidating: it may have committed. */
  async write(
    address: EntryAddress,
    writer: () => Promise<V | undefined | null> | V | undefined | null,
  ): Promise<Written<V>> {
    this.#stats.writes += 1
    this.#reader.forget(address)
    const window = await this.#open(address)
    const stopExtending = window && keepWindow(this.#parts.clock, this.#parts.store, window)
    let value: V | undefined
    try {
      value = (await writer()) ?? undefined
    } catch (error) {
      // It closes with nothing, because it may have committed, and so that its window does not stay behind.
      await this.#close(address, window, undefined).catch(() => undefined)
      throw error
    } finally {
      stopExtending?.()
    }
    const written = await this.#close(address, window, value)
    this.#parts.report?.({ name: "write", cache: this.#settings.name, key: address.value, ...written })
    return { value, ...written }
  }

  /** Stores a versioned value if the store has evidence that it is newer than what it knows, else invalidates (R5). */
  async putVersioned(address: EntryAddress, value: V): Promise<Omit<Written<V>, "value">> {
    this.#stats.writes += 1
    this.#reader.forget(address)
    const change = this.#change(this.#settings.versionOf?.(value))
    const entry = this.#seal(address, this.#parts.random.token(), value)
    if (entry === undefined) return { stored: false, delivered: await this.#invalidator.deliver(address, change) }
    try {
      const answer = await this.#parts.store.putVersioned(address, entry, change)
      return { stored: answer === "stored", delivered: true }
    } catch (error) {
      this.#reader.lookout.storeFailed("put", error)
      return { stored: false, delivered: await this.#invalidator.deliver(address, change) }
    } finally {
      this.#reader.forget(address)
    }
  }

  /** A window that is not acknowledged does not hold the write up: its close will be an invalidation. */
  async #open(address: EntryAddress): Promise<WindowGrant | undefined> {
    try {
      return await this.#parts.store.openWindow(address, { id: this.#parts.random.token(), windowMs: holdMs })
    } catch (error) {
      this.#reader.lookout.storeFailed("open", error)
      return undefined
    }
  }

  async #close(
    address: EntryAddress,
    window: WindowGrant | undefined,
    value: V | undefined,
  ): Promise<{ stored: boolean; delivered: boolean }> {
    const sealed = this.#sealOrReport(address, window, value)
    const change = this.#change(this.#versionOf(value))
    if (window === undefined || this.#parts.journal.holds(address.value)) {
      return { stored: false, delivered: await this.#invalidator.deliver(address, change) }
    }
    const entry = this.#parts.store.isCurrent(window) ? sealed : undefined
    try {
      const answer = await this.#parts.store.closeWindow(window, entry, change)
      return { stored: answer === "stored", delivered: true }
    } catch (error) {
      // A close is sent once; what follows it is always an invalidation (R4).
      this.#reader.lookout.storeFailed("close", error)
      return { stored: false, delivered: await this.#invalidator.deliver(address, change) }
    } finally {
      this.#reader.forget(address)
    }
  }

  /** The change is committed: a value that cannot be encoded must not stop its invalidation. */
  #sealOrReport(address: EntryAddress, window: WindowGrant | undefined, value: V | undefined): StoredEntry | undefined {
    if (value === undefined || window === undefined) return undefined
    try {
      return this.#seal(address, window.id, value)
    } catch {
      this.#parts.report?.({ name: "value-not-encodable", cache: this.#settings.name, key: address.value })
      return undefined
    }
  }

  /** Bars older loads whatever becomes of the window and of the value. */
  #versionOf(value: V | undefined): string | undefined {
    try {
      return value === undefined ? undefined : this.#settings.versionOf?.(value)
    } catch {
      return undefined
    }
  }

  #seal(address: EntryAddress, id: string, value: V): StoredEntry | undefined {
    const { store, random } = this.#parts
    const sealed = sealEntry(this.#settings, random, { address, id, value, nowMs: store.now(address), costMs: 0 })
    if (sealed.is === "sealed") return sealed.entry
    if (sealed.why === "too-large") {
      this.#stats.tooLarge += 1
      this.#parts.report?.({
        name: "value-too-large",
        cache: this.#settings.name,
        key: address.value,
        bytes: sealed.bytes,
      })
    }
    return undefined
  }

  #change(version: string | undefined): InvalidateRequest {
    return { mode: "drop", graceMs: 0, version, tombstoneMs: this.#settings.tombstoneMs }
  }
}
