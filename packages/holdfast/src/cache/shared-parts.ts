import type { Clock } from "../contracts/clock.ts"
import type { Codec } from "../contracts/codec.ts"
import type { DomainEventsMaker } from "../contracts/domain-event.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { NearTierMaker } from "../contracts/near-tier.ts"
import type { Random } from "../contracts/random.ts"
import type { Store } from "../contracts/store.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import { GroupReads } from "./groups/group-reads.ts"
import { Journal } from "./journal.ts"
import type { Parts } from "./parts.ts"
import { storeErrorEvent } from "./store-error.ts"
import { Sweeper } from "./sweeps/sweeper.ts"
import { TagDelivery } from "./tags/tag-delivery.ts"
import { TagIndexer } from "./tags/tag-indexer.ts"
import { TagInvalidator } from "./tags/tag-invalidator.ts"
import { TagMaker } from "./tags/tag-maker.ts"
import { TagTable } from "./tags/tag-table.ts"
import type { OpenUnit } from "./units/open-unit.ts"
import { UnitContext } from "./units/unit-context.ts"

/** What a Holdfast is made of, once the store has been chosen. */
export interface HoldfastParts {
  readonly namespace: string
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly report: ((event: HoldfastEvent) => void) | undefined
  /** Keys whose invalidation may wait for the store at most. */
  readonly journalLimit: number
  readonly defaultCodec: Codec<unknown>
  /** Makes near caches; absent: there are none. */
  readonly nearTier?: NearTierMaker
  /** Makes domain events; absent: there are none. */
  readonly domainEvents?: DomainEventsMaker
}

/** Makes what all caches of one Holdfast share. */
export function sharedParts({ namespace, journalLimit, ...given }: HoldfastParts, assertOpen: () => void): Parts {
  const { store, clock, random, report, nearTier } = given
  const tagTable = new TagTable({ namespace, store, clock, coherence: store.coherence })
  const delivery = new TagDelivery(store, tagTable, (error) => {
    report?.(storeErrorEvent(undefined, "invalidate-tag", error))
  })
  const tellTags = (tags: readonly TagAddress[]): Promise<readonly TagAddress[]> => delivery.tell(tags)
  const journal = new Journal({ store, tellTags, clock, random, limit: journalLimit, report })
  const tagInvalidator = new TagInvalidator(tagTable, delivery, journal, report)
  const tagMaker = new TagMaker({ store, clock, random, tagTable })
  const sweeper = new Sweeper(namespace, store, clock)
  const tagIndexer = store.tagIndex && new TagIndexer(store.tagIndex)
  const tags = { tagTable, tagMaker, tagIndexer, tagInvalidator }
  const groupReads = new GroupReads()
  const units = new UnitContext<OpenUnit>()
  return { store, clock, random, report, nearTier, journal, ...tags, sweeper, groupReads, units, assertOpen }
}
