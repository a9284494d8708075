import type { Clock } from "../contracts/clock.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { Store } from "../contracts/store.ts"
import type { NearTierMaker } from "../contracts/near-tier.ts"
import type { Journal } from "./journal.ts"

/** What all caches of one Holdfast share. */
export interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Makes near caches; undefined: there are none. */
  readonly nearTier: NearTierMaker | undefined
  /** Invalidations that the store could not be told yet. */
  readonly journal: Journal
  /** The one door for observation; undefined while nobody listens, so that no event object is made. */
  readonly report: ((event: HoldfastEvent) => void) | undefined
  /** Throws `CLOSED` after `close()`. */
  assertOpen(): void
}
