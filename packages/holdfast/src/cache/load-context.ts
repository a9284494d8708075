import type { EntryAddress } from "../entry/key.ts"
import type { LoadContext, LoadedEntry, LoadManyContext, LoadReason } from "./cache-options.ts"
import { EntryDirections, entryNotLoading } from "./entry-directions.ts"

/** Makes the AbortController only for loaders that look at their signal: it costs more than the rest of a short load. */
export class LoadControl {
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined
  /** Once the loader has ended nobody listens to what it says. */
  ended = false
  #directions: Map<string, EntryDirections> | undefined

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /** What the loader has said, by value key; undefined if it has not asked for any entry. */
  get directions(): ReadonlyMap<string, EntryDirections> | undefined {
    return this.#directions
  }

  entryOf(valueKey: string, previous: unknown): LoadedEntry {
    this.#directions ??= new Map()
    const known = this.#directions.get(valueKey)
    if (known !== undefined) return known
    const directions = new EntryDirections(this, previous)
    this.#directions.set(valueKey, directions)
    return directions
  }
}

/** The context of one load, which asks for its signal when the loader does. */
export class LazyLoadContext implements LoadContext {
  readonly #control: LoadControl
  readonly key: string
  readonly previous: unknown
  readonly reason: LoadReason

  constructor(control: LoadControl, key: string, previous: unknown, reason: LoadReason) {
    this.#control = control
    this.key = key
    this.previous = previous
    this.reason = reason
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  get entry(): LoadedEntry {
    return this.#control.entryOf(this.key, this.previous)
  }
}

/** The same for a load of many keys. */
export class LazyLoadManyContext<K> implements LoadManyContext<K> {
  readonly #control: LoadControl
  readonly previous: ReadonlyMap<K, unknown>
  readonly reason: LoadReason
  readonly #asked: ReadonlyMap<string, unknown>
  readonly #addressOf: (key: K) => EntryAddress

  /** @param asked the value keys of this load, and what is held under them */
  constructor(
    control: LoadControl,
    load: { readonly previous: ReadonlyMap<K, unknown>; readonly reason: LoadReason },
    asked: ReadonlyMap<string, unknown>,
    addressOf: (key: K) => EntryAddress,
  ) {
    this.#control = control
    this.previous = load.previous
    this.reason = load.reason
    this.#asked = asked
    this.#addressOf = addressOf
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  /** A property, so that the loader may take it out of the context. */
  readonly entry = (key: K): LoadedEntry => {
    const { value } = this.#addressOf(key)
    if (!this.#asked.has(value)) throw entryNotLoading("that it does not load")
    return this.#control.entryOf(value, this.#asked.get(value))
  }
}

export function abandoned(): Error {
  return new DOMException("Nobody waits for this load any more.", "AbortError")
}
