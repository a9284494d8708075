import type { Invalidation, Loss } from "../contracts/losses.ts"
import type { NamespaceClear } from "./namespace-clear.ts"
import type { Parts } from "./parts.ts"

type ReplayerParts = Pick<Parts, "journal" | "tagTable" | "report">

/**
 * Puts into the journal what the store may have lost: from then on this process reads it from the source, and the store is told again.
 * A replay only drops, and tags get a new tick of the clock, so that it is safe however often it happens, and costs loads.
 */
export class Replayer {
  readonly #parts: ReplayerParts
  readonly #clearing: NamespaceClear

  constructor(parts: ReplayerParts, clearing: NamespaceClear) {
    this.#parts = parts
    this.#clearing = clearing
  }

  /** Never throws. */
  replay({ node, invalidations, isOpen, isAllLost }: Loss): void {
    const { journal, tagTable, report } = this.#parts
    journal.countLoss()
    const taken = invalidations.filter((each) => this.#take(each))
    const tags = taken.flatMap((each) => ("tag" in each ? [each.tag] : []))
    tagTable.invalidated(tags, undefined)
    const isMore = isOpen || taken.length < invalidations.length
    const cleared = isMore || isAllLost ? this.#clearing.own : []
    this.#clearing.bar(cleared)
    report?.({ name: "replay", node, keys: taken.length - tags.length, tags: tags.length, cleared: cleared.length })
    if (isMore) this.#clearing.clearOthers()
  }

  #take(invalidation: Invalidation): boolean {
    const { journal } = this.#parts
    try {
      if ("tag" in invalidation) journal.addTag(invalidation.tag)
      else journal.add(invalidation.address, invalidation.request)
      return true
    } catch {
      return false
    }
  }
}
