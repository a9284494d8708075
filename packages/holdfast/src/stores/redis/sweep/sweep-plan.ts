import { isSamePlacement, type ClusterView, type Placement, type ViewedServer } from "./cluster-view.ts"

/** Which servers to sweep in one round: those of the first list side by side, and when they are done those of the second. */
export interface SweepPlan {
  readonly first: readonly ViewedServer[]
  readonly second: readonly ViewedServer[]
}

/** Under which run each server was swept to its end, by its name; absent or undefined: it was not. */
export interface SweptRuns {
  readonly first: ReadonlyMap<string, string | undefined>
  readonly second: ReadonlyMap<string, string | undefined>
}

/**
 * Plans a round for the slots that are open, by default all. Keys on a move go one way only. So of each move the server that they come
 * from is swept before the one they go to: what had left the first was on the second by then.
 */
export function planOf(view: ClusterView, open?: ReadonlySet<number>): SweepPlan {
  const [givers, takers, owners] = [new Set<ViewedServer>(), new Set<ViewedServer>(), new Set<ViewedServer>()]
  view.forEach(({ owner, move }, slot) => {
    if (open?.has(slot) === false) return
    if (move === undefined) owners.add(owner)
    else {
      givers.add(move.from)
      takers.add(move.to)
    }
  })
  const first = [...new Set([...givers, ...owners])].filter((server) => givers.has(server) || !takers.has(server))
  return { first, second: [...takers] }
}

/** Which slots to list on which servers. */
export type SlotHolders = ReadonlyMap<ViewedServer, readonly number[]>

/** Where the keys of these slots are to be listed: of a slot on the move first where they come from, then where they go to. */
export function holdersOf(
  view: ClusterView,
  open: ReadonlySet<number>,
): { readonly first: SlotHolders; readonly second: SlotHolders } {
  const [first, second] = [new Map<ViewedServer, number[]>(), new Map<ViewedServer, number[]>()]
  const add = (holders: Map<ViewedServer, number[]>, server: ViewedServer, slot: number): void => {
    holders.set(server, [...(holders.get(server) ?? []), slot])
  }
  for (const slot of open) {
    const placement = view[slot]
    if (placement === undefined) continue
    add(first, placement.move?.from ?? placement.owner, slot)
    if (placement.move !== undefined) add(second, placement.move.to, slot)
  }
  return { first, second }
}

/** What is known after a round. */
export interface RoundOutcome {
  readonly before: ClusterView
  readonly after: ClusterView
  /** Undefined: all slots were. */
  readonly open: ReadonlySet<number> | undefined
  readonly runs: SweptRuns
}

/**
 * The slots that a round has not settled. A slot is settled if its keys were at the same place before the round and after it, and all of
 * that place was swept in between. A slot that went away and came back shows by the epoch of its owner.
 */
export function stillOpen({ before, after, open, runs }: RoundOutcome): ReadonlySet<number> {
  const left = new Set<number>()
  before.forEach((placement, slot) => {
    const later = after[slot]
    if (open?.has(slot) === false || later === undefined) return
    if (!isSamePlacement(placement, later) || !isSwept(placement, runs)) left.add(slot)
  })
  return left
}

function isSwept({ owner, move }: Placement, { first, second }: SweptRuns): boolean {
  if (move === undefined) return [first, second].some((runs) => runs.get(owner.report.id) === owner.runId)
  const { from, to } = move
  return first.get(from.report.id) === from.runId && second.get(to.report.id) === to.runId
}
