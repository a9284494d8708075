import type { Clock } from "../contracts/clock.ts"
import type { EntryAddress } from "../entry/key.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { bulkhead, type Bulkhead, type Leave } from "../policy/bulkhead.ts"
import type { LoadReason } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { EntryDirections } from "./entry-directions.ts"
import { abandoned, LazyLoadContext, LazyLoadManyContext, LoadControl } from "./load-context.ts"
import { valuesByKey } from "./many-answer.ts"
import type { Parts } from "./parts.ts"
import { unchanged, type Unchanged } from "./unchanged.ts"

/** What came from the source. */
export interface Timed<T> {
  readonly value: T
  /** Monotonic time at which the loader was called, in milliseconds. */
  readonly startedMs: number
  /** How long that took, in milliseconds. */
  readonly costMs: number
  /** What the loader has said of the entries, by value key. */
  readonly directions: ReadonlyMap<string, EntryDirections> | undefined
}

/** One value from the source, or that the previous one still holds; undefined means "not in the source". */
export type Loaded<V> = Timed<V | Unchanged | undefined>

export interface LoadRequest<K> {
  readonly key: K
  readonly address: EntryAddress
  readonly reason: LoadReason
  readonly previous: unknown
  /** Gets a function that aborts this load. */
  readonly onStart?: (abort: () => void) => void
}

/** A load of many keys by one call. */
export interface LoadManyRequest<K> {
  readonly reason: LoadReason
  /** What is still wanted; asked when the loader is called, which may be later for want of a free place. */
  readonly wanted: () => readonly LoadRequest<K>[]
  /** Gets a function that aborts this load. */
  readonly onStart: (abort: () => void) => void
}

type SourceSettings<K, V> = Pick<
  CacheSettings<K, V>,
  "name" | "addressOf" | "addressOfValue" | "load" | "loadMany" | "loadTimeoutMs" | "sourceConcurrency"
>

/**
 * Calls the loaders of a cache: never more calls than `sourceConcurrency` at a time, never longer than the load timeout including
 * the wait for a place. A call for many keys is one call.
 */
export class SourceLoader<K, V> {
  readonly #settings: SourceSettings<K, V>
  readonly #clock: Clock
  readonly #units: Parts["units"]
  readonly #places: Bulkhead
  #typicalCostMs = 0

  constructor(settings: SourceSettings<K, V>, { clock, units }: Pick<Parts, "clock" | "units">) {
    this.#settings = settings
    this.#clock = clock
    this.#units = units
    this.#places = bulkhead(settings.sourceConcurrency)
  }

  /** Moving average of what a call of a loader costs, in milliseconds; 0 before the first one. */
  get typicalCostMs(): number {
    return this.#typicalCostMs
  }

  get underWay(): number {
    return this.#places.active
  }

  /** Rejects with what the loader throws, or with `LOAD_TIMEOUT`. */
  load(request: LoadRequest<K>): Promise<Loaded<V>> {
    return this.#bounded(request, this.#callOne)
  }

  /** Answers by value key; what is missing is not in the source. Rejects as `load` does, and with `INVALID_LOAD_RESULT`. */
  loadMany(request: LoadManyRequest<K>): Promise<Timed<ReadonlyMap<string, V | Unchanged>>> {
    return this.#bounded(request, this.#callMany)
  }

  #bounded<R extends Pick<LoadRequest<K>, "onStart">, T>(
    request: R,
    call: (request: R, control: LoadControl) => Promise<T>,
  ): Promise<Timed<T>> {
    return new Promise<Timed<T>>((resolve, reject) => {
      const control = new LoadControl()
      let ended = false
      let leave: Leave | undefined
      const end = (): boolean => {
        if (ended) return false
        ended = true
        control.ended = true
        this.#clock.clearTimeout(timer)
        leave?.()
        return true
      }
      const fail = (error: unknown): void => {
        if (!end()) return
        reject(error)
        control.abort(error)
      }
      const timer = this.#clock.setTimeout(() => fail(this.#timeout(leave !== undefined)), this.#settings.loadTimeoutMs)
      request.onStart?.(() => fail(abandoned()))

      const start = (place: Leave): void => {
        if (ended) return place()
        leave = place
        const startedMs = this.#clock.monotonic()
        call(request, control).then((value) => {
          if (!end()) return
          const costMs = this.#clock.monotonic() - startedMs
          this.#typicalCostMs += (costMs - this.#typicalCostMs) * (this.#typicalCostMs === 0 ? 1 : 0.1)
          resolve({ value, startedMs, costMs, directions: control.directions })
        }, fail)
      }
      const place = this.#places.enter()
      if (typeof place === "function") start(place)
      else place.then(start, fail)
    })
  }

  /** Turns a synchronous throw of the loader into a rejection. */
  readonly #callOne = async (request: LoadRequest<K>, control: LoadControl): Promise<V | Unchanged | undefined> => {
    const { key, address, reason, previous } = request
    const { load = noLoader(this.#settings.name) } = this.#settings
    const context = new LazyLoadContext(control, address.value, previous, reason)
    const value = await this.#units.outside(() => load(key, context))
    return value ?? undefined
  }

  readonly #callMany = async (
    request: LoadManyRequest<K>,
    control: LoadControl,
  ): Promise<ReadonlyMap<string, V | Unchanged>> => {
    const { loadMany = noLoader(this.#settings.name) } = this.#settings
    const loads = request.wanted()
    const keys = loads.map(({ key }) => key)
    const held = loads.filter(({ previous }) => previous !== undefined)
    const previous = new Map(held.map((load) => [load.key, load.previous]))
    const asked = new Map(loads.map((load) => [load.address.value, load.previous]))
    const { reason } = request
    const { addressOf } = this.#settings
    const context = new LazyLoadManyContext<K>(control, { previous, reason }, asked, addressOf)
    const answer = await this.#units.outside(() => loadMany(keys, context))
    const values: Map<string, V | Unchanged> = valuesByKey(this.#settings, asked, answer)
    if (Array.isArray(answer)) addUnchanged(values, control.directions)
    return values
  }

  #timeout(started: boolean): HoldfastError {
    const { name: cache, loadTimeoutMs: timeoutMs } = this.#settings
    const where = started ? "The loader" : "Waiting for a free place to load"
    return new HoldfastError("LOAD_TIMEOUT", `${where} of cache "${cache}" took longer than ${timeoutMs} ms.`, {
      facts: { cache, timeoutMs, started },
    })
  }
}

/** Rows have no place for what is unchanged. */
function addUnchanged<V>(values: Map<string, V | Unchanged>, directions: Timed<unknown>["directions"]): void {
  for (const [key, { saidUnchanged }] of directions ?? []) {
    if (saidUnchanged && !values.has(key)) values.set(key, unchanged)
  }
}

function noLoader(cache: string): never {
  throw new HoldfastError("NO_LOADER", `Cache "${cache}" has no loader.`, { facts: { cache } })
}
