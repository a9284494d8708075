import { json } from "../codecs/json.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Store } from "../contracts/store.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { memoryStore, type MemoryStore } from "../stores/memory/memory-store.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts"
import type { LoadManyContext, ManyLoader } from "./cache-options.ts"
import { Holdfast } from "./holdfast.ts"
import type { HoldfastParts } from "./shared-parts.ts"

/** A Holdfast on the in-process store and a virtual clock; `peer()` is another process on the same store. */
export interface TestBed {
  readonly clock: VirtualClock
  readonly store: Store
  /** The same without what the test has put around it. */
  readonly memory: MemoryStore
  readonly holdfast: Holdfast
  readonly events: HoldfastEvent[]
  /** @param through what this process sees of the store; default: all of it */
  peer(through?: Store): Holdfast
}

/**
 * @param wrap changes the store, to make it fail or to look at its calls
 * @param parts what the processes have besides
 */
export function testBed(wrap: (store: Store) => Store = (store) => store, parts: Partial<HoldfastParts> = {}): TestBed {
  const clock = virtualClock()
  const random = seededRandom(7)
  const memory = memoryStore({ clock, random })
  const store = wrap(memory)
  const events: HoldfastEvent[] = []
  const peer = (through = store): Holdfast =>
    new Holdfast({
      namespace: "test",
      store: through,
      clock,
      random,
      report: (event) => events.push(event),
      journalLimit: 3,
      defaultCodec: json(),
      ...parts,
    })
  return { clock, store, memory, events, holdfast: peer(), peer }
}

/** A store that can be switched off: then every method rejects as a store that is away does. */
export function switchable<S extends object>(store: S, isOff: () => boolean, error: () => Error): S {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if ((name === "tagIndex" || name === "events") && typeof member === "object" && member !== null)
        return switchable(member, isOff, error)
      if (typeof member !== "function") return member
      const sync = ["now", "onWake", "isCurrent", "runOf", "onNews"].includes(String(name))
      return (...args: unknown[]): unknown =>
        isOff() && !sync ? Promise.reject(error()) : Reflect.apply(member, target, args)
    },
  })
}

/** The same store without news of changes, so that nothing is known under a proof. */
export function unheard(store: Store): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = name === "coherence" ? undefined : Reflect.get(target, name)
      return typeof member === "function" ? member.bind(target) : member
    },
  })
}

/** Counts the calls of each method of a store, from when it is asked to. */
export interface CallCount {
  readonly calls: Map<string, number>
  /** Forgets what was counted. */
  reset(): void
}

/** The same store, and how often each of its methods was called; `now`, `isCurrent` and `onWake` are not counted. */
export function counting(store: Store): { readonly store: Store; readonly count: CallCount } {
  const calls = new Map<string, number>()
  const isCounted = (name: string): boolean => !["now", "onWake", "isCurrent", "runOf", "onNews"].includes(name)
  const wrapped = <S extends object>(target: S): S =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name)
        if ((name === "tagIndex" || name === "events") && typeof member === "object" && member !== null)
          return wrapped(member)
        if (typeof member !== "function" || typeof name !== "string") return member
        return (...args: unknown[]): unknown => {
          if (isCounted(name)) calls.set(name, (calls.get(name) ?? 0) + 1)
          return Reflect.apply(member, target, args)
        }
      },
    })
  const counted = wrapped(store)
  return { store: counted, count: { calls, reset: () => calls.clear() } }
}

/** The same store with some methods of the test's own. */
export function overriding(store: Store, own: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in own ? own : target, name)
      return typeof member === "function" ? member.bind(target) : member
    },
  })
}

/** A source whose loads wait until the test lets them go. */
export interface GatedSource<V> {
  readonly calls: {
    readonly key: unknown
    readonly signal: AbortSignal
    readonly gate: Deferred<V | undefined | null>
  }[]
  readonly load: (key: string, context: { readonly signal: AbortSignal }) => Promise<V | undefined | null>
}

export function gatedSource<V>(): GatedSource<V> {
  const calls: GatedSource<V>["calls"] = []
  return {
    calls,
    load: (key, { signal }) => {
      const gate = deferred<V | undefined | null>()
      calls.push({ key, signal, gate })
      return gate.promise
    },
  }
}

/** A source of many values whose calls wait until the test lets them go. */
export interface GatedManySource<V> {
  readonly calls: {
    readonly keys: readonly string[]
    readonly context: LoadManyContext<string>
    readonly signal: AbortSignal
    readonly gate: Deferred<ReadonlyMap<string, V | undefined | null>>
  }[]
  readonly loadMany: ManyLoader<string, V>
}

export function gatedManySource<V>(): GatedManySource<V> {
  const calls: GatedManySource<V>["calls"] = []
  return {
    calls,
    loadMany: (keys, context) => {
      const gate = deferred<ReadonlyMap<string, V | undefined | null>>()
      calls.push({ keys, context, signal: context.signal, gate })
      return gate.promise
    },
  }
}
