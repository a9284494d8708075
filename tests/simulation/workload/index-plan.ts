import type { FaultPlan } from "../faults/fault-classes.ts"
import type { Mix } from "../faults/mix.ts"
import { Dice } from "../world/dice.ts"
import type { OperationKind, OperationPlan, Plan, Policy } from "./plan.ts"

/** A list can be whole only when the longest life of any entry has passed since its first: these clients go on for so long, in milliseconds. */
const indexedCalmMs = 9000
const usualCalmMs = 3600
const clientsMore = 4
const operationsEach = 14

const weights: Partial<Record<OperationKind, number>> = {
  "get-many": 36,
  get: 10,
  "list-tag": 26,
  "reclaim-tag": 6,
  "invalidate-tags": 12,
  write: 6,
}

/** Clients who list and free by tags, for a long time, beside the others. Dice of its own, so that the rest is the same with and without. */
export function planIndex(
  seed: number,
  { index = 0, isHerd }: Mix,
  { tags, processes, keys, kind }: Pick<Policy, "tags" | "processes" | "keys" | "kind">,
  clients: readonly (readonly OperationPlan[])[],
): readonly (readonly OperationPlan[])[] | undefined {
  const dice = new Dice(seed ^ 0x7137449)
  if (isHerd === true || !tags || kind.startsWith("manual") || !dice.chance(index)) return undefined
  let id = clients.flat().length
  const more = Array.from({ length: clientsMore }, () => {
    let before: OperationKind = "get"
    return Array.from({ length: operationsEach }, (_, at): OperationPlan => {
      id += 1
      const thinkMs = at % 2 === 0 ? dice.between(100, 900) : dice.between(0, 30)
      const [process, key] = [dice.below(processes), dice.below(keys)]
      const drawn = dice.weighted(weights)
      before = before === "invalidate-tags" ? "reclaim-tag" : drawn
      return { id, kind: before, process, key, thinkMs, roll: dice.float() }
    })
  })
  return [...clients, ...more]
}

/** Faults come as late as lists that can be whole. */
export function spreadOut(faults: readonly FaultPlan[]): Pick<Plan, "faults" | "calmMs"> {
  const later = indexedCalmMs / usualCalmMs
  return { calmMs: indexedCalmMs, faults: faults.map((fault) => ({ ...fault, atMs: fault.atMs * later })) }
}
