import { runHistory, type HistoryResult } from "./run-history.ts"
import { mixNamed } from "./faults/mixes.ts"
import type { Plan } from "./workload/plan.ts"
import { planHistory } from "./workload/planner.ts"

/** A plan that still goes wrong, and nothing in it that could be left out. */
export interface Shrunk {
  readonly plan: Plan
  readonly result: HistoryResult
  /** Histories run on the way. */
  readonly tries: number
}

interface Cut {
  readonly is: "operation" | "fault"
  readonly id: number
}

/** Cuts operations and faults out of a history as long as the same kind of violation remains. */
export async function shrink(
  seed: number,
  mix: string,
  options: { readonly isNaive?: boolean; readonly triesMax?: number } = {},
): Promise<Shrunk> {
  const { isNaive = false, triesMax = 600 } = options
  let plan = planHistory(seed, mixNamed(mix))
  let result = await runHistory({ seed, mix, plan, isNaive })
  const kind = result.violations[0]?.kind
  let tries = 1
  if (kind === undefined) return { plan, result, tries }
  for (let size = Math.ceil(cutsOf(plan).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let progress = true
    while (progress) {
      progress = false
      const cuts = cutsOf(plan)
      for (let from = 0; from < cuts.length && tries < triesMax; from += size) {
        const candidate = without(plan, cuts.slice(from, from + size))
        const outcome = await runHistory({ seed, mix, plan: candidate, isNaive })
        tries += 1
        if (outcome.violations[0]?.kind !== kind) continue
        plan = candidate
        result = outcome
        progress = true
        break
      }
      if (size > 1 && tries >= triesMax) break
    }
  }
  return { plan, result, tries }
}

function cutsOf(plan: Plan): Cut[] {
  const faults = plan.faults.map(({ id }) => ({ is: "fault", id }) as const)
  const operations = plan.clients.flat().map(({ id }) => ({ is: "operation", id }) as const)
  return [...faults, ...operations]
}

/** What remains of a client begins when it would have begun at the earliest. */
function without(plan: Plan, cuts: readonly Cut[]): Plan {
  const gone = new Set(cuts.map(({ is, id }) => `${is} ${id}`))
  const clients = plan.clients.map((operations) => {
    let owedMs = 0
    return operations.flatMap((operation) => {
      if (gone.has(`operation ${operation.id}`)) {
        owedMs += operation.thinkMs
        return []
      }
      const kept = { ...operation, thinkMs: operation.thinkMs + owedMs }
      owedMs = 0
      return [kept]
    })
  })
  return { ...plan, clients, faults: plan.faults.filter(({ id }) => !gone.has(`fault ${id}`)) }
}
