import type { InvalidateRequest, StoredEntry, WindowGrant } from "../contracts/store.ts"
import type { TagClock } from "../contracts/tag-store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { errorName } from "../errors/error-name.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { missingRight } from "../errors/missing-right.ts"
import { invalidOption, optionsOf } from "../errors/option-checks.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { CacheStats } from "./cache-stats.ts"
import { sealEntry } from "./entry-writer.ts"
import { holdMs, keepWindow } from "./holding.ts"
import type { Invalidator } from "./invalidator.ts"
import { isUsable } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import type { Reader } from "./reader.ts"
import { contextOf, WriteWindow, type WriteContext } from "./write-window.ts"

/** What became of a write. */
export interface Written<V> {
  /** What the writer returned. */
  readonly value: V | undefined
  /** Whether the store now holds it; false: the entry was invalidated, and the next read loads. */
  readonly stored: boolean
  /** Whether the store knows of the change; false: it is journalled and will be told later. */
  readonly delivered: boolean
}

/** Changes the source and returns the new value; undefined or null: none is stored. */
export type SourceWriter<V> = (context: WriteContext) => Promise<V | undefined | null> | V | undefined | null

/** A write under way: its window, and what was known before its writer was called. */
export interface BegunWrite<K> {
  readonly key: K
  readonly address: EntryAddress
  readonly window: WriteWindow
  /** Undefined: what the writer returns is not stored. */
  readonly clock: TagClock | undefined
}

/** What is to be stored, and under what. */
interface NewValue<K, V> {
  readonly key: K
  readonly address: EntryAddress
  readonly value: V
  /** Known before the value could be; undefined: it is not stored. */
  readonly clock: TagClock | undefined
}

/** The write path of one cache: open a window, run the writer, close it with the value or with an invalidation. */
export class Writer<K, V> {
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly #reader: Pick<Reader<K, V>, "forget" | "lookout" | "filler">
  readonly #invalidator: Invalidator

  constructor(
    settings: CacheSettings<K, V>,
    parts: Parts,
    stats: CacheStats,
    reader: Pick<Reader<K, V>, "forget" | "lookout" | "filler">,
    invalidator: Invalidator,
  ) {
    this.#settings = settings
    this.#parts = parts
    this.#stats = stats
    this.#reader = reader
    this.#invalidator = invalidator
  }

  /** Rejects with what the writer threw, after invalidating: it may have committed. In a strict cache also with `WINDOW_NOT_OPENED`. */
  async write(key: K, address: EntryAddress, writer: SourceWriter<V>): Promise<Written<V>> {
    assertWriter(this.#settings.name, writer)
    const begun = await this.begin(key, address)
    let value: V | undefined
    try {
      value = (await writer(contextOf([begun.window]))) ?? undefined
    } catch (error) {
      await this.abandon(begun)
      throw error
    }
    return this.finish(begun, value)
  }

  /** Opens the window of a write. Rejects with `WINDOW_NOT_OPENED`. */
  async begin(key: K, address: EntryAddress): Promise<BegunWrite<K>> {
    this.#stats.writes += 1
    this.#reader.forget(address)
    const [window, clock] = await Promise.all([this.#open(address), this.#reader.filler.stamper.clockBefore(address)])
    return { key, address, window, clock }
  }

  /** Closes it with what the writer returned. */
  async finish({ key, address, window, clock }: BegunWrite<K>, value: V | undefined): Promise<Written<V>> {
    window.end()
    this.noteLoss(address, window)
    const { grant } = window
    const entry =
      value === undefined || grant === undefined
        ? undefined
        : await this.#sealOrReport(grant.id, { key, address, value, clock })
    const written = await this.#close(address, grant, entry, this.#change(this.#versionOf(value)))
    this.#parts.report?.({ name: "write", cache: this.#settings.name, key: address.value, ...written })
    return { value, ...written }
  }

  /** Opens the window of a change that is made elsewhere. Rejects with `WINDOW_NOT_OPENED`. */
  open(address: EntryAddress): Promise<WriteWindow> {
    this.#reader.forget(address)
    return this.#open(address)
  }

  /** Closes such a window by an invalidation. Answers whether the store knows. */
  async end(address: EntryAddress, window: WriteWindow, request: InvalidateRequest): Promise<boolean> {
    window.end()
    return (await this.#close(address, window.grant, undefined, request)).delivered
  }

  /**
   * Ends it because its writer has thrown, and may have committed. In a strict cache the commit may even come after the error, so the window
   * stays until its term has passed, as that of a writer that has died does; unless it was given up, and bars nothing. Never rejects.
   */
  async abandon(begun: BegunWrite<K>): Promise<void> {
    const { grant, isGivenUp } = begun.window
    if (this.#settings.strict === undefined || grant === undefined || isGivenUp) return this.cancel(begun)
    begun.window.end()
  }

  /** Closes it with nothing, so that its window does not stay behind. Never rejects. */
  async cancel({ address, window }: BegunWrite<K>): Promise<void> {
    await this.end(address, window, this.#change(undefined)).catch(() => undefined)
  }

  /**
   * Stores a versioned value if the store has evidence that it is newer than what it knows, else invalidates (R5). When the value was read
   * is not known, so it records the clock of the entry that it replaces: a tag that was invalidated after that entry kills both.
   * In a strict cache it invalidates: no value is stored there that no window vouches for.
   */
  async putVersioned(key: K, address: EntryAddress, value: V): Promise<Omit<Written<V>, "value">> {
    this.#stats.writes += 1
    this.#reader.forget(address)
    const change = this.#change(this.#settings.versionOf?.(value))
    if (this.#settings.strict !== undefined)
      return { stored: false, delivered: await this.#invalidator.deliver(address, change) }
    const replaced = await this.#reader.lookout.look(address)
    const clock = isUsable(replaced) ? replaced.entry.stamp?.clock : undefined
    const entry = await this.#seal(this.#parts.random.token(), { key, address, value, clock })
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

  /** Reports of a writer that resolves although its window is lost, which may have committed then; answers what it was told. */
  noteLoss({ value }: EntryAddress, { lost }: WriteWindow): HoldfastError | undefined {
    const why = lost?.facts["why"] as "gone" | "term" | undefined
    if (why !== undefined) this.#parts.report?.({ name: "window-lost", cache: this.#settings.name, key: value, why })
    return lost
  }

  /** A window that is not acknowledged does not hold the write up, unless the cache is strict: its close will be an invalidation. */
  async #open(address: EntryAddress): Promise<WriteWindow> {
    const { store, clock, random } = this.#parts
    const { strict } = this.#settings
    const windowMs = strict?.term.termMs ?? holdMs
    const id = random.token()
    const sentMs = clock.monotonic()
    try {
      const grant = await store.openWindow(address, { id, windowMs, strict: strict?.term })
      const window = new WriteWindow(grant, clock, strict?.term.termMs, sentMs)
      window.hold((held, onGone) => keepWindow(clock, store, held, windowMs, onGone))
      return window
    } catch (error) {
      this.#reader.lookout.storeFailed("open", error)
      if (strict?.onUnavailable !== "fail") return new WriteWindow(undefined, clock)
      this.#closeUnseen({ address, id, generation: {} })
      throw windowNotOpened(this.#settings.name, error)
    }
  }

  /** A window that is opened after its writer has been refused would send reads to the source for its term. */
  #closeUnseen(window: WindowGrant): void {
    this.#parts.store.closeWindow(window, undefined, this.#change(undefined)).catch(() => {
      // It ends by itself.
    })
  }

  async #close(
    address: EntryAddress,
    window: WindowGrant | undefined,
    sealed: StoredEntry | undefined,
    change: InvalidateRequest,
  ): Promise<{ stored: boolean; delivered: boolean }> {
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

  /** The change is committed: a value that cannot be stored must not stop its invalidation. */
  async #sealOrReport(id: string, entry: NewValue<K, V>): Promise<StoredEntry | undefined> {
    try {
      return await this.#seal(id, entry)
    } catch (error) {
      const { name } = this.#settings
      this.#parts.report?.({ name: "value-not-encodable", cache: name, key: entry.address.value, ...culpritOf(error) })
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

  /** Undefined: it is not to be stored. Throws what the codec, `version` or `tags` throw. */
  async #seal(id: string, { key, address, value, clock }: NewValue<K, V>): Promise<StoredEntry | undefined> {
    const { store, random } = this.#parts
    const withinMs = this.#settings.strict?.term.termMs
    const { stamper, typicalCostMs: costMs } = this.#reader.filler
    const stamp = await stamper.stamp({ key, address, value, clock, withinMs })
    if (typeof stamp === "string") return undefined
    const nowMs = store.now(address)
    const run = this.#settings.strict && store.runOf(address)
    // What its end will cost is a load, as if one had brought it.
    const sealed = sealEntry(this.#settings, random, { address, id, value, nowMs, costMs, stamp, run })
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

/** Throws `INVALID_OPTION`. */
export function assertWriter(cache: string, writer: unknown): void {
  if (typeof writer === "function") return
  optionsOf(cache, () => {
    throw invalidOption("writer", "must be a function that changes the source and answers what is there now.")
  })
}

/** What kind of error it is, and where in the value, if it tells that. */
function culpritOf(error: unknown): { readonly error: string; readonly path: string | undefined } {
  const path = error instanceof HoldfastError ? error.facts["path"] : undefined
  return { error: errorName(error), path: typeof path === "string" ? path : undefined }
}

function windowNotOpened(cache: string, cause: unknown): HoldfastError {
  const lack = cause instanceof HoldfastError ? missingRight(cause.facts) : undefined
  const why = lack === undefined ? "" : `: ${lack}`
  const detail = `The window of a write of cache "${cache}" was not opened${why}.`
  return new HoldfastError("WINDOW_NOT_OPENED", detail, { facts: { cache }, cause, retryable: lack === undefined })
}
