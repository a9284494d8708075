import { runHistory, type HistoryResult } from "../run-history.ts"
import type { Plan } from "../workload/plan.ts"

/** Runs a plan once more and tells it to a person. */
export async function tellStory(
  plan: Plan,
  options: { readonly isNaive?: boolean; readonly commit: string },
): Promise<{ text: string; result: HistoryResult }> {
  const lines: string[] = []
  const { seed, mix, policy } = plan
  const result = await runHistory({
    seed,
    mix,
    plan,
    isNaive: options.isNaive ?? false,
    tell: (line) => lines.push(line),
  })
  const end = lines.findLastIndex((line) => line.includes(" !!! "))
  const head = [
    `seed ${seed}, mix ${mix}, commit ${options.commit}`,
    `servers: ${policy.shards}, with ${policy.newer.join(", ") || "no newer commands"}; cache: ${policy.kind}, ttl ${policy.ttlMs} ms, grace ${policy.graceMs} ms, negatives ${policy.negativeTtlMs ?? "off"}, sliding up to ${policy.absoluteTtlMs ?? 0} ms, tags ${policy.tags ? "on" : "off"}, near ${policy.nearMs ?? "off"}, unchanged ${policy.unchanged ? "on" : "off"}, directions ${policy.directs ? "on" : "off"}, soft ${policy.softMs ?? "off"}, batch ${policy.batch ? "on" : "off"}, early refresh ${policy.early === undefined ? "off" : JSON.stringify(policy.early)}, commandTimeout ${policy.commandTimeoutMs} ms, loadTimeout ${policy.loadTimeoutMs} ms`,
    `${plan.clients.flat().length} operations and ${plan.faults.length} faults in ${policy.processes} processes`,
  ]
  const shown = end < 0 ? [...lines, "", "nothing went wrong in this history"] : lines.slice(0, end + 1)
  return { text: [...head, "", ...shown].join("\n"), result }
}
