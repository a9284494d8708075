import { faultClasses, type FaultClass } from "../faults/fault-classes.ts"
import type { HistoryResult } from "../run-history.ts"
import { rules, type Rule } from "./rules.ts"

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** How often each rule was seen at work in histories in which each fault came to pass. */
export class CoverageTable {
  readonly #rows = new Map<FaultClass | "none", { histories: number; readonly counts: Map<Rule, number> }>()

  add({ faults, rules: seen }: Pick<HistoryResult, "faults" | "rules">): void {
    for (const fault of faults.size === 0 ? (["none"] as const) : faults) this.#addTo(fault, 1, seen)
  }

  /** For another thread's. */
  merge(other: CoverageData): void {
    for (const [fault, histories, counts] of other) this.#addTo(fault, histories, counts)
  }

  get data(): CoverageData {
    return [...this.#rows].map(([fault, { histories, counts }]) => [fault, histories, [...counts]])
  }

  /** Rules that were never seen, whatever the fault. */
  get unseen(): readonly Rule[] {
    return rules.filter((rule) => [...this.#rows.values()].every(({ counts }) => !counts.has(rule)))
  }

  print(): string {
    const heads = rules.map((_, at) => letters[at] as string)
    const width = 7
    const names = ["none", ...faultClasses] as const
    const lines = names.flatMap((fault) => {
      const row = this.#rows.get(fault)
      if (row === undefined) return []
      const cells = rules.map((rule) => compact(row.counts.get(rule) ?? 0).padStart(width))
      return [`${fault.padEnd(15)}${compact(row.histories).padStart(width)}${cells.join("")}`]
    })
    const legend = rules.map((rule, at) => `${heads[at]} ${rule}`)
    const head = `${"fault".padEnd(15)}${"runs".padStart(width)}${heads.map((each) => each.padStart(width)).join("")}`
    return [head, ...lines, "", ...columns(legend)].join("\n")
  }

  #addTo(fault: FaultClass | "none", histories: number, counts: Iterable<readonly [Rule, number]>): void {
    const row = this.#rows.get(fault) ?? { histories: 0, counts: new Map<Rule, number>() }
    row.histories += histories
    for (const [rule, count] of counts) row.counts.set(rule, (row.counts.get(rule) ?? 0) + count)
    this.#rows.set(fault, row)
  }
}

/** In a form that can be sent to another thread. */
export type CoverageData = readonly (readonly [
  fault: FaultClass | "none",
  histories: number,
  counts: readonly (readonly [Rule, number])[],
])[]

function compact(count: number): string {
  if (count < 10_000) return String(count)
  return count < 10_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`
}

function columns(items: readonly string[]): string[] {
  const rows = Math.ceil(items.length / 4)
  return Array.from({ length: rows }, (_, row) =>
    [0, 1, 2, 3]
      .map((column) => (items[row + column * rows] ?? "").padEnd(26))
      .join("")
      .trimEnd(),
  )
}
