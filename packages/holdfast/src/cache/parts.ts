import type { Clock } from "../contracts/clock.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { Store } from "../contracts/store.ts"
import type { NearTierMaker } from "../contracts/near-tier.ts"
import type { GroupReads } from "./groups/group-reads.ts"
import type { Journal } from "./journal.ts"
import type { TagIndexer } from "./tags/tag-indexer.ts"
import type { Sweeper } from "./sweeps/sweeper.ts"
import type { TagInvalidator } from "./tags/tag-invalidator.ts"
import type { TagMaker } from "./tags/tag-maker.ts"
import type { TagTable } from "./tags/tag-table.ts"
import type { OpenUnit } from "./units/open-unit.ts"
import type { UnitContext } from "./units/unit-context.ts"

/** What all caches of one Holdfast share. */
export interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Makes near caches; undefined: there are none. */
  readonly nearTier: NearTierMaker | undefined
  /** Invalidations that the store could not be told yet. */
  readonly journal: Journal
  /** What this process knows of the tags of the namespace. */
  readonly tagTable: TagTable
  readonly tagMaker: TagMaker
  /** Undefined: the store keeps no indexes. */
  readonly tagIndexer: TagIndexer | undefined
  readonly tagInvalidator: TagInvalidator
  readonly sweeper: Sweeper
  /** Which groups the reads go to that ask the store. */
  readonly groupReads: GroupReads
  /** Knows whether code runs inside the work of a unit. */
  readonly units: UnitContext<OpenUnit>
  /** The one door for observation; undefined while nobody listens, so that no event object is made. */
  readonly report: ((event: HoldfastEvent) => void) | undefined
  /** Throws `CLOSED` after `close()`. */
  assertOpen(): void
}
