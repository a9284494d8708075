import type { History } from "../history.ts"

/** Where nothing fails and nothing changes, each key is loaded once, however many ask (G5). */
export function judgeHerd({ source, keys, violations, plan }: History): void {
  const asked = new Set(plan.clients.flat().map(({ key }) => key))
  for (const key of asked) {
    const loads = source.loads[key] as number
    if (loads !== 1) violations.add("herd", `${keys.names[key]} was loaded ${loads} times`)
  }
}
