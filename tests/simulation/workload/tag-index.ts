import { HoldfastError } from "holdfast"
import type { EntriesWatch } from "../oracles/entries-watch.ts"
import { categories } from "./categories.ts"
import type { KeySpace } from "./key-space.ts"
import type { Peer } from "./peer.ts"
import type { OperationPlan } from "./plan.ts"

interface IndexParts {
  readonly keys: KeySpace
  readonly entries: EntriesWatch
}

/** The tag that the plan means, and how many entries are asked for at one time. */
function meantBy({ roll }: OperationPlan): { readonly tag: string; readonly batch: number } {
  const drawn = Math.floor(roll * 4)
  return { tag: categories[drawn % categories.length] as string, batch: drawn < 2 ? 1 : 2 }
}

/** Lists the entries of a tag; where it says that these are all, they must be. */
export async function listTag({ entries, keys }: IndexParts, peer: Peer, plan: OperationPlan): Promise<string> {
  const { tag, batch } = meantBy(plan)
  const sought = entries.begin({ keys: [...keys.names.keys()], tag })
  const found: string[] = []
  try {
    const listing = peer.listTag(tag, batch)
    for await (const { key } of listing) found.push(key)
    if (listing.complete === true) {
      const listed = new Set(found.map((name) => keys.names.indexOf(name)))
      sought.judge("not-listed", `the whole list of ${tag}`, listed, plan.id)
    }
    return `${tag}: ${found.join(", ") || "nothing"}, complete: ${listing.complete}`
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return `${tag}, rejected with ${error.code}`
  } finally {
    sought.end()
  }
}

/** Frees what a tag has killed. */
export async function reclaimTag(_: IndexParts, peer: Peer, plan: OperationPlan): Promise<string> {
  const { tag, batch } = meantBy(plan)
  try {
    const { freed, left, complete } = await peer.reclaimTag(tag, batch)
    return `${tag}, freed: ${freed}, left: ${left}, complete: ${complete}`
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return `${tag}, rejected with ${error.code}`
  }
}
