import { digestOf } from "../../entry/digest.ts"
import { EntryAddress } from "../../entry/key.ts"
import type { StoredKey } from "../../entry/stored-key.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"
import { onAbort } from "../../internal/on-abort.ts"
import { DigestSet } from "../../policy/digest-set.ts"
import type { KeySelection } from "./key-selection.ts"
import { scanSettings, type ScanOptions, type SweepSettings } from "./sweep-options.ts"
import type { Sweeper } from "./sweeper.ts"

/** One key that `scan` has found. */
export interface ScannedKey {
  /** Name of its cache. */
  readonly cache: string
  /**
   * The key as text, whatever it was given as; of a tuple the texts of its parts. Undefined where only a hash of it is stored: it is an
   * object, or longer than 512 bytes.
   */
  readonly key: string | readonly string[] | undefined
  /** Text of its group, if it has one. */
  readonly group?: string
  /** The key in the store, such as `shop:{product:42}`. */
  readonly storeKey: string
}

/** Finds entries, each once. Throws what `scanSettings` does. */
export function scanKeys(
  sweeper: Sweeper,
  selection: KeySelection,
  options: ScanOptions,
): AsyncIterableIterator<ScannedKey> {
  return new KeyStream(sweeper, selection, scanSettings(options), options.onProgress ?? (() => {})).read()
}

interface Batch {
  readonly keys: readonly ScannedKey[]
  readonly taken: Deferred<void>
}

/** Hands on what a sweep finds as fast as it is asked for, and lets the sweep wait otherwise. */
class KeyStream {
  readonly #sweeper: Sweeper
  readonly #selection: KeySelection
  readonly #settings: SweepSettings
  readonly #onProgress: NonNullable<ScanOptions["onProgress"]>
  readonly #seen = new DigestSet()
  readonly #batches: Batch[] = []
  #news = deferred<void>()

  constructor(
    sweeper: Sweeper,
    selection: KeySelection,
    settings: SweepSettings,
    onProgress: NonNullable<ScanOptions["onProgress"]>,
  ) {
    this.#sweeper = sweeper
    this.#selection = selection
    this.#settings = settings
    this.#onProgress = onProgress
  }

  async *read(): AsyncIterableIterator<ScannedKey> {
    const left = new AbortController()
    const sweeping = this.#sweeper.within(this.#settings, (signal) => this.#sweep(signal), left.signal)
    let isOver = false
    const over = (): void => {
      isOver = true
      this.#news.resolve()
    }
    sweeping.then(over, () => {
      this.#batches.length = 0
      over()
    })
    try {
      while (!isOver || this.#batches.length > 0) {
        const batch = this.#batches.shift()
        if (batch === undefined) await this.#newsComes()
        else {
          yield* batch.keys
          batch.taken.resolve()
        }
      }
      await sweeping
    } finally {
      left.abort()
      await sweeping.then(
        () => {},
        () => {},
      )
    }
  }

  #sweep(signal: AbortSignal): Promise<void> {
    const onKeys = (names: readonly string[]): Promise<void> => this.#offer(names, signal)
    const work = { selection: this.#selection, signal, onKeys, onProgress: this.#onProgress }
    return this.#sweeper.sweep(work, this.#settings)
  }

  /** Resolves when they have been taken. Rejects if nobody will any more. */
  async #offer(names: readonly string[], signal: AbortSignal): Promise<void> {
    const keys = names.flatMap((name) => this.#found(name) ?? [])
    if (keys.length === 0) return
    signal.throwIfAborted()
    const taken = deferred<void>()
    const unlisten = onAbort(signal, () => taken.reject(signal.reason))
    this.#batches.push({ keys, taken })
    this.#news.resolve()
    await taken.promise.finally(unlisten)
  }

  #found(name: string): ScannedKey | undefined {
    const stored = this.#selection.entryOf(name)
    if (stored === undefined || stored.isControl || !this.#seen.add(digestOf(stored.value))) return undefined
    const { cache, value: storeKey } = stored
    const { group } = new EntryAddress(storeKey)
    return { cache, key: keyOf(stored), ...(group !== undefined && { group }), storeKey }
  }

  /** Whoever asks for the next key waits for it; who has stopped asking must not keep the process alive. */
  async #newsComes(): Promise<void> {
    const letGo = this.#sweeper.clock.keepAlive()
    await this.#news.promise
    letGo()
    this.#news = deferred()
  }
}

function keyOf({ key }: StoredKey): ScannedKey["key"] {
  return key.is === "hashed" ? undefined : key.key
}
