import type { Clock } from "../contracts/clock.ts"
import type { EntryAddress } from "../entry/key.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { bulkhead, type Bulkhead, type Leave } from "../policy/bulkhead.ts"
import type { Loader, LoadContext, LoadReason } from "./cache-options.ts"

/** What came from the source, and how long that took in milliseconds. */
export interface Loaded<V> {
  readonly value: V | undefined
  readonly costMs: number
}

export interface LoadRequest<K> {
  readonly key: K
  readonly address: EntryAddress
  readonly reason: LoadReason
  readonly previous: unknown
  /** Gets a function that aborts this load. */
  readonly onStart?: (abort: () => void) => void
}

/** Calls a loader: never more than `concurrency` at a time, never longer than `timeoutMs` including the wait for a place. */
export class SourceLoader<K, V> {
  readonly #load: Loader<K, V>
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #cacheName: string
  readonly #places: Bulkhead
  #typicalCostMs = 0

  constructor(options: {
    load: Loader<K, V>
    clock: Clock
    timeoutMs: number
    concurrency: number
    cacheName: string
  }) {
    this.#load = options.load
    this.#clock = options.clock
    this.#timeoutMs = options.timeoutMs
    this.#cacheName = options.cacheName
    this.#places = bulkhead(options.concurrency)
  }

  /** Moving average of what a load costs, in milliseconds; 0 before the first one. */
  get typicalCostMs(): number {
    return this.#typicalCostMs
  }

  get underWay(): number {
    return this.#places.active
  }

  /** Rejects with what the loader throws, or with `LOAD_TIMEOUT`. */
  run(request: LoadRequest<K>): Promise<Loaded<V>> {
    return new Promise<Loaded<V>>((resolve, reject) => {
      const control = new LoadControl()
      let ended = false
      let leave: Leave | undefined
      const end = (): boolean => {
        if (ended) return false
        ended = true
        this.#clock.clearTimeout(timer)
        leave?.()
        return true
      }
      const fail = (error: unknown): void => {
        if (!end()) return
        reject(error)
        control.abort(error)
      }
      const timer = this.#clock.setTimeout(() => fail(this.#timeout(leave !== undefined)), this.#timeoutMs)
      request.onStart?.(() => fail(abandoned()))

      const start = (place: Leave): void => {
        if (ended) return place()
        leave = place
        const startedMs = this.#clock.monotonic()
        this.#call(request, control).then((value) => {
          if (!end()) return
          const costMs = this.#clock.monotonic() - startedMs
          this.#typicalCostMs += (costMs - this.#typicalCostMs) * (this.#typicalCostMs === 0 ? 1 : 0.1)
          resolve({ value: value ?? undefined, costMs })
        }, fail)
      }
      const place = this.#places.enter()
      if (typeof place === "function") start(place)
      else place.then(start, fail)
    })
  }

  /** Turns a synchronous throw of the loader into a rejection. */
  async #call(request: LoadRequest<K>, control: LoadControl): Promise<V | undefined | null> {
    const { key, address, reason, previous } = request
    return this.#load(key, new LazyLoadContext(control, address.value, previous, reason))
  }

  #timeout(started: boolean): HoldfastError {
    const where = started ? "The loader" : "Waiting for a free place to load"
    return new HoldfastError(
      "LOAD_TIMEOUT",
      `${where} of cache "${this.#cacheName}" took longer than ${this.#timeoutMs} ms.`,
      {
        facts: { cache: this.#cacheName, timeoutMs: this.#timeoutMs, started },
      },
    )
  }
}

/** Makes the AbortController only for loaders that look at their signal: it costs more than the rest of a short load. */
class LoadControl {
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

class LazyLoadContext implements LoadContext {
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

function abandoned(): Error {
  return new DOMException("Nobody waits for this load any more.", "AbortError")
}
