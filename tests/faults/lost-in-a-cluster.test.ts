import { startCluster } from "@holdfast/servers"
import { expect, test } from "vitest"
import { clusterRows } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { freezeBehind } from "./in-step.ts"
import type { Shop } from "./losing-shop.ts"
import { TwoFates } from "./two-fates.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const rows = clusterRows.filter(([name]) => isDeep || name === "redis 6")
const ids = Array.from({ length: 30 }, (_, at) => `k${at}`)

test.each(rows)(
  `%s: ${shows("H4", "in a cluster, what a promoted replica does not know of is invalidated again, or caches are cleared, and the other primaries are left alone")}`,
  async (name) => {
    await using cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
    await using shops = await TwoFates.start(name, { urls: cluster.urls }, ids)
    expect(await shops.fill()).toBe(true)
    const owner = await cluster.ownerOf("shop:{price:k0}")
    const [replica] = await cluster.replicasOf(owner)
    await freezeBehind(owner, [replica!])
    expect(await shops.changeAndKill()).toBe(true)
    expect(await shops.readOnce()).toEqual(new Set([2]))
    await owner.kill()
    replica!.thaw()
    expect(await cluster.failOver(owner)).toBe(replica)
    const isUsed = async ({ holdfast }: Shop): Promise<boolean> =>
      (await holdfast.health()).nodes.some(({ node }) => node.endsWith(`:${replica!.port}`))
    const read = await shops.readUntilSettled(isUsed)
    expect({ ofWriter: new Set(read?.ofWriter), ofSurvivor: new Set(read?.ofSurvivor) }).toEqual({
      ofWriter: new Set([2]),
      ofSurvivor: new Set([2]),
    })
    expect(await shops.readOnce()).toEqual(new Set([2]))
    const [replay] = shops.writer.replays
    expect(shops.writer.replays).toHaveLength(1)
    expect([replay!.keys > 0, replay!.keys < 20, replay!.tags > 0, replay!.tags < 10]).toEqual([true, true, true, true])
    expect(shops.survivor.replays).toEqual([expect.objectContaining({ cleared: 1 })])
  },
  90_000,
)
