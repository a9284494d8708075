import { deferred, type Deferred } from "../internal/deferred.ts"
import type { LoadReason } from "./cache-options.ts"
import { abandoned } from "./load-context.ts"
import type { Loaded, LoadRequest, SourceLoader } from "./source-loader.ts"

/**
 * Gathers the loads that the keys of one `getMany`, or of the `get` calls of one turn, need into as few calls of `loadMany` as can be made without waiting for anybody:
 * a call is made whenever every key is answered, waits for somebody else, or has asked for its load. Keys that find out later
 * that they must load make a further call.
 */
export class LoadBatch<K, V> {
  readonly #source: SourceLoader<K, V>
  /** Value keys that may still come to ask for a load without waiting for anybody. */
  readonly #underWay: Set<string>
  readonly #maxSize: number
  #gathered: GatheredLoad<K, V>[] = []

  /**
   * @param keys value keys, all of which are about to be read
   * @param maxSize keys of one call at most
   */
  constructor(source: SourceLoader<K, V>, keys: Iterable<string>, maxSize: number = Infinity) {
    this.#source = source
    this.#underWay = new Set(keys)
    this.#maxSize = maxSize
  }

  /** As `load` of the source loader, together with the others. */
  load(request: LoadRequest<K>): Promise<Loaded<V>> {
    const load = new GatheredLoad<K, V>(request)
    this.#gathered.push(load)
    request.onStart?.(() => load.abandon())
    this.pause(request.address.value)
    return load.end.promise
  }

  /** This key is answered, or waits for somebody else: the others need not wait for it. */
  pause(key: string): void {
    this.#underWay.delete(key)
    if (this.#underWay.size === 0 && this.#gathered.length > 0) this.#send()
  }

  /** This key waits no longer, and may come to ask for a load. */
  resume(key: string): void {
    this.#underWay.add(key)
  }

  /** Loads of different reasons are different calls: nobody waits for those in the background, so nobody aborts them. */
  #send(): void {
    const loads = this.#gathered.filter(({ wanted }) => wanted)
    this.#gathered = []
    for (const reason of new Set(loads.map(({ request }) => request.reason))) {
      const alike = loads.filter(({ request }) => request.reason === reason)
      for (let at = 0; at < alike.length; at += this.#maxSize) this.#call(reason, alike.slice(at, at + this.#maxSize))
    }
  }

  #call(reason: LoadReason, loads: readonly GatheredLoad<K, V>[]): void {
    const wanted = (): LoadRequest<K>[] => loads.filter((load) => load.wanted).map(({ request }) => request)
    let waitedFor = loads.length
    const onStart = (abort: () => void): void => {
      const onAbandoned = (): void => {
        waitedFor -= 1
        if (waitedFor === 0) abort()
      }
      for (const load of loads) load.onAbandoned = onAbandoned
    }
    this.#source.loadMany({ reason, wanted, onStart }).then(
      ({ value: values, ...rest }) => {
        for (const { request, end } of loads) end.resolve({ value: values.get(request.address.value), ...rest })
      },
      (error: unknown) => {
        for (const { end } of loads) end.reject(error)
      },
    )
  }
}

/** What one key asks of a batch. */
class GatheredLoad<K, V> {
  readonly request: LoadRequest<K>
  readonly end: Deferred<Loaded<V>> = deferred<Loaded<V>>()
  /** Whether anybody still waits for it. */
  wanted = true
  onAbandoned: (() => void) | undefined

  constructor(request: LoadRequest<K>) {
    this.request = request
  }

  abandon(): void {
    if (!this.wanted) return
    this.wanted = false
    this.end.reject(abandoned())
    this.onAbandoned?.()
  }
}
