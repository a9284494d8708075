import type { Mix } from "../faults/mix.ts"
import { Dice } from "../world/dice.ts"
import type { OperationKind, OperationPlan, Policy } from "./plan.ts"

type Freshness = Pick<Policy, "graceMs" | "unchanged" | "directs" | "softMs" | "batch" | "large">

const largeSalt = 0x1b873593

/** Share of the histories that have each of these, where a mix does not say otherwise. */
const usualShare = 0.06

/**
 * What loaders say of what they load, how long readers wait for them, and how loads are gathered. Each has dice of its own, so that the
 * rest of a history is the same with and without; but what is only of use with a grace gets one.
 */
export function planFreshness(seed: number, mix: Mix, { kind, graceMs }: Pick<Policy, "kind" | "graceMs">): Freshness {
  const isLoading = !kind.startsWith("manual")
  const drawn = (salt: number, share = mix.isHerd === true ? 0 : usualShare): Dice | undefined => {
    const dice = new Dice(seed ^ salt)
    return dice.chance(share) ? dice : undefined
  }
  const unchanged = isLoading ? drawn(0x1f83d9ab, mix.unchanged) : undefined
  const soft = isLoading ? drawn(0x6a09e667, mix.soft) : undefined
  const needsGrace = graceMs === 0 ? (unchanged ?? soft) : undefined
  return {
    graceMs: needsGrace === undefined ? graceMs : Math.round(needsGrace.between(100, 1500)),
    unchanged: unchanged !== undefined,
    directs: isLoading && drawn(0x3956c25b, mix.directs) !== undefined,
    softMs: soft && Math.round(soft.between(2, 150)),
    batch: isLoading && drawn(0x510e527f, mix.batch) !== undefined,
    large: kind.endsWith("versioned") && drawn(largeSalt, mix.large) !== undefined,
  }
}

/** What somebody does who is told that a change was not delivered. */
const again: readonly OperationKind[] = ["get", "invalidate", "put", "get"]
/** Share of the clients who do. */
const againShare = 0.6

/** Where puts may be too large, some clients put what they have just invalidated, and read it, all in one process and close together. */
export function planPuts(
  seed: number,
  { kind, large }: Pick<Policy, "kind" | "large">,
  clients: readonly (readonly OperationPlan[])[],
): readonly (readonly OperationPlan[])[] {
  if (!large || kind !== "versioned") return clients
  const dice = new Dice(~seed ^ largeSalt)
  return clients.map((operations) => {
    const [first] = operations
    if (first === undefined || !dice.chance(againShare)) return operations
    const { process, key } = first
    return operations.map((operation, at) => ({
      ...operation,
      kind: again[at] ?? operation.kind,
      process,
      key,
      thinkMs: at < 2 ? operation.thinkMs : dice.between(0, 3),
    }))
  })
}
