import { startCluster } from "@holdfast/servers"
import { expect, test } from "vitest"
import { clusterRows } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { TwoFates } from "./two-fates.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const rows = clusterRows.filter(([name]) => isDeep || name === "redis 6")
const ids = Array.from({ length: 30 }, (_, at) => `k${at}`)

test.each(rows)(
  `%s: ${shows("H4", "in a cluster, what a promoted replica does not know of is invalidated again, or caches are cleared, and the other primaries are left alone")}`,
  async (name) => {
    await using cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
    await using shops = await TwoFates.start(name, { urls: cluster.urls }, ids)
    const lost = await cluster.ownerOf("shop:{price:k0}")
    const read = await shops.outlive({
      lost,
      replicas: await cluster.replicasOf(lost),
      heir: () => cluster.failOver(lost),
    })
    expect(read).toEqual({
      before: new Set([2]),
      byWriter: new Set([2]),
      bySurvivor: new Set([2]),
      after: new Set([2]),
    })
    const [replay] = shops.writer.replays
    expect(shops.writer.replays).toHaveLength(1)
    expect([replay!.keys > 0, replay!.keys < 20, replay!.tags > 0, replay!.tags < 10]).toEqual([true, true, true, true])
    expect(shops.survivor.replays).toEqual([expect.objectContaining({ cleared: 1 })])
  },
  90_000,
)
