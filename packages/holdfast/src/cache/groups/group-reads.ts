import type { EntryAddress } from "../../entry/key.ts"
import { slotOf } from "../../entry/slot.ts"
import { HeavyHitters } from "../../policy/heavy-hitters.ts"

/** One group among those that are read most. */
export interface GroupShare {
  /** Its text as it stands in the keys of its entries. */
  readonly group: string
  /** Its hash slot in a cluster, 0 to 16383. */
  readonly slot: number
  /** Share of the reads that asked the store, at least: between 0 and 1. */
  readonly share: number
  /** Whether its server has more than its part to do because of it: see {@link GroupReport.hotShare}. */
  readonly isHot: boolean
}

/** How the reads of this process are spread over groups. */
export interface GroupReport {
  /** Reads that asked the store, of all caches with and without groups. Older ones count less. */
  readonly reads: number
  /**
   * From which share on a group is hot: half of what each server would have if the reads were spread evenly, and at least 3 %. Undefined on
   * a single server, where it does not matter what lies where, and before 1,000 reads.
   */
  readonly hotShare: number | undefined
  /** The ten that are read most, first. Copies that are served from this process ask nobody, and do not count. */
  readonly groups: readonly GroupShare[]
}

/** Counters for all groups of a process: those with a share above one in so many are found. */
const counters = 64
/** With these counters a smaller share cannot be told from none. */
const leastShare = 0.03
const enoughReads = 1000
const shown = 10

/** Counts which groups the reads go to that ask the store. */
export class GroupReads {
  readonly #reads = new HeavyHitters(counters)

  /** A read of this entry asks the store. */
  count({ group }: Pick<EntryAddress, "group">): void {
    this.#reads.add(group)
  }

  /** @param servers primaries that the slots are spread over */
  report(servers: number): GroupReport {
    const reads = Math.round(this.#reads.total)
    const canTell = servers > 1 && reads >= enoughReads
    const hotShare = canTell ? Math.max(leastShare, 0.5 / servers) : undefined
    const groups = this.#reads.top(shown).map(({ name: group, share: { atLeast: share } }) => {
      const isHot = hotShare !== undefined && share >= hotShare
      return { group, slot: slotOf(`{${group}}`), share, isHot }
    })
    return { reads, hotShare, groups }
  }

  /** The share of the group that is read most, at least; undefined before 1,000 reads. */
  get largestShare(): number | undefined {
    if (this.#reads.total < enoughReads) return undefined
    return this.#reads.top(1)[0]?.share.atLeast
  }
}
