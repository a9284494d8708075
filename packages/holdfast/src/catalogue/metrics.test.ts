import { expect, expectTypeOf, test } from "vitest"
import { CacheStats, type CacheStatsSnapshot } from "../cache/cache-stats.ts"
import type { LatencySummary } from "../cache/latency.ts"
import type { NearStats } from "../contracts/near-tier.ts"
import { metrics, type MetricFacts } from "./metrics.ts"

type Plain = Exclude<keyof CacheStatsSnapshot, "name" | "near" | "latency" | "loadLatency">
type Coded = Plain | `near.${keyof NearStats}` | `${"latency" | "loadLatency"}.${keyof LatencySummary}`

test("every figure of stats() is described, and nothing else", () => {
  // Checked when the package is compiled.
  expectTypeOf(metrics).toExtend<Readonly<Record<string, MetricFacts>>>()
  expectTypeOf<keyof typeof metrics>().toEqualTypeOf<Coded>()
})

test("a snapshot holds exactly the figures that are described", () => {
  const held = { entries: 0, bytes: 0, evictions: 0, outageEntries: 0 }
  const proof = { proved: true, provedAgoMs: 0, why: undefined, isStarting: false }
  const near: NearStats = { ...held, ...proof, tracking: "off" }
  const { name: _, ...figures } = new CacheStats().snapshot("products", near)
  const names = Object.entries(figures).flatMap(([name, figure]) =>
    typeof figure === "object" ? Object.keys(figure).map((part) => `${name}.${part}`) : [name],
  )
  expect(names.toSorted()).toEqual(Object.keys(metrics).toSorted())
})
