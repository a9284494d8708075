import { hasCode } from "../../../errors/holdfast-error.ts"
import type { ClusterView, ViewedServer } from "./cluster-view.ts"
import { listSlots, type SlotListing, type SlotListingOptions } from "./slot-listing.ts"
import { holdersOf, type SlotHolders, type SweptRuns } from "./sweep-plan.ts"

/** What listing some slots of a cluster works with. */
export interface ChunkListingOptions extends Omit<SlotListingOptions, "server" | "slots"> {
  readonly view: ClusterView
  readonly chunk: ReadonlySet<number>
}

/** What became of it. */
export interface ChunkListing {
  readonly runs: SweptRuns
  /** Slots that were not listed to their end. */
  readonly large: readonly number[]
  /** Whether a server does not list at all. */
  readonly isRefused: boolean
}

type Listed = readonly [id: string, listing: SlotListing | "refused"]

/** Lists slots wherever their keys can be: where they come from first. */
export async function listChunk(options: ChunkListingOptions): Promise<ChunkListing> {
  const { first, second } = holdersOf(options.view, options.chunk)
  const early = await listAll(options, first)
  const late = await listAll(options, second)
  const all = [...early, ...late]
  // A server that has failed in one of the two has not listed all that it was asked for.
  const failed = new Set(all.flatMap(([id, listing]) => (runOf(listing) === undefined ? [id] : [])))
  const runsIn = (listed: readonly Listed[]): Map<string, string | undefined> =>
    new Map(listed.map(([id, listing]) => [id, failed.has(id) ? undefined : runOf(listing)]))
  return {
    runs: { first: runsIn(early), second: runsIn(late) },
    large: all.flatMap(([, listing]) => (listing === "refused" ? [] : listing.large)),
    isRefused: all.some(([, listing]) => listing === "refused"),
  }
}

function listAll(options: ChunkListingOptions, holders: SlotHolders): Promise<Listed[]> {
  const list = async ([{ server, report }, slots]: readonly [ViewedServer, readonly number[]]): Promise<Listed> => {
    try {
      return [report.id, await listSlots({ ...options, server, slots })]
    } catch (error) {
      if (!hasCode(error, "SERVER_REFUSED")) throw error
      return [report.id, "refused"]
    }
  }
  return Promise.all([...holders].map(list))
}

function runOf(listing: SlotListing | "refused"): string | undefined {
  return listing === "refused" ? undefined : listing.runId
}
