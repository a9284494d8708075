import { switchable } from "../cache/cache.fixture.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Store } from "../contracts/store.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { createHoldfast } from "../exports/wiring/create-holdfast.ts"
import { memoryStore, type MemoryStore } from "../stores/memory/memory-store.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts"

/** Processes of services on one in-process store, which outlives them. */
export interface EventBed {
  readonly clock: VirtualClock
  readonly memory: MemoryStore
  /** What all of them have reported. */
  readonly reported: HoldfastEvent[]
  /** Whether the store is away. */
  isAway: boolean
  process(namespace?: string): Holdfast
}

export function eventBed(): EventBed {
  const clock = virtualClock()
  const random = seededRandom(11)
  const memory = memoryStore({ clock, random })
  const reported: HoldfastEvent[] = []
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "The test has switched the store off.")
  const bed: EventBed = {
    clock,
    memory,
    reported,
    isAway: false,
    process: (namespace = "shop") => {
      const store = switchable(shared(memory), () => bed.isAway, away)
      return createHoldfast({ namespace, store, clock, random, onEvent: (event) => reported.push(event) })
    },
  }
  return bed
}

/** A store that stays open when one of its processes ends. */
export function shared(store: MemoryStore): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "close") return async () => {}
      const member: unknown = Reflect.get(target, name)
      return typeof member === "function" ? (member.bind(target) as unknown) : member
    },
  })
}
