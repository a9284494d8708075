import { createHoldfast, type EntryPolicy, type Holdfast, type ReadThroughCache, type Store } from "holdfast"
import { memoryStore, seededRandom, virtualClock, type VirtualClock } from "holdfast/testing"

/** What the cache holds: the version that the source had when it was read. */
export interface Row {
  readonly version: number
}

/** How a process declares its cache, besides what all have: ten seconds of ttl, no near cache. */
export interface Policy extends Partial<EntryPolicy> {
  readonly load?: (id: string) => Promise<Row>
  readonly version?: (row: Row) => number
  readonly tags?: () => readonly string[]
  readonly consistency?: "strict"
  readonly windowTerm?: `${number}s`
}

export interface Process {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, Row>
}

/** A source with one row, and a store on a virtual clock that any number of processes share. */
export interface World {
  readonly clock: VirtualClock
  readonly store: ReturnType<typeof memoryStore>
  readonly source: { version: number; loads: number }
  /** @param through what this process sees of the store; default: all of it */
  process(policy?: Policy, through?: Store): Process
}

/** The first part of every key. */
export const namespace = "test"

export function world(): World {
  const clock = virtualClock()
  const random = seededRandom(7)
  const store = memoryStore({ clock, random })
  const source = { version: 1, loads: 0 }
  const load = async (_id: string): Promise<Row> => {
    source.loads += 1
    return { version: source.version }
  }
  const process = ({ version, ...policy }: Policy = {}, through: Store = store): Process => {
    const holdfast = createHoldfast({ namespace, store: through, clock, random })
    const options = { name: "row", ttl: "10s", jitter: "0%", local: false, load, ...policy } as const
    return {
      holdfast,
      cache: version === undefined ? holdfast.cache(options) : holdfast.cache({ ...options, version }),
    }
  }
  return { clock, store, source, process }
}

/** A store with some methods of the test's own. */
export function withOwn(store: Store, own: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(name in own ? own : target, name)
      return typeof member === "function" ? member.bind(target) : member
    },
  })
}

const never = (): Promise<never> => new Promise(() => {})

/** The store as a process sees it that has stopped in a write: nothing that it would do later is done. */
export function untilItStops(store: Store): Store {
  return withOwn(store, { extendWindow: never, closeWindow: never })
}
