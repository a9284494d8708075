import type { LoadContext, LoadManyContext, LoadReason } from "./cache-options.ts"

/** Makes the AbortController only for loaders that look at their signal: it costs more than the rest of a short load. */
export class LoadControl {
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

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
}

/** The same for a load of many keys. */
export class LazyLoadManyContext<K> implements LoadManyContext<K> {
  readonly #control: LoadControl
  readonly previous: ReadonlyMap<K, unknown>
  readonly reason: LoadReason

  constructor(control: LoadControl, previous: ReadonlyMap<K, unknown>, reason: LoadReason) {
    this.#control = control
    this.previous = previous
    this.reason = reason
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }
}

export function abandoned(): Error {
  return new DOMException("Nobody waits for this load any more.", "AbortError")
}
