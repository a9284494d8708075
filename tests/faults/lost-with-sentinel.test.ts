import { startSentinels } from "@holdfast/servers"
import { expect, test } from "vitest"
import { sentinelRows } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { freezeBehind } from "./in-step.ts"
import type { Shop } from "./losing-shop.ts"
import { TwoFates } from "./two-fates.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const rows = sentinelRows.filter(([name]) => isDeep || name === "redis 6")
const ids = Array.from({ length: 12 }, (_, at) => `k${at}`)

test.each(rows)(
  `%s: ${shows("H4", "behind sentinels, nobody reads what the lost primary alone knew to be invalidated: it is told again, or caches are cleared")}`,
  async (name) => {
    await using group = await startSentinels()
    await using shops = await TwoFates.start(name, { sentinels: placesOf(group) }, ids)
    expect(await shops.fill()).toBe(true)
    const lost = await group.primary()
    const replicas = group.servers.filter((server) => server !== lost)
    await freezeBehind(lost, replicas)
    expect(await shops.changeAndKill()).toBe(true)
    expect(await shops.readOnce()).toEqual(new Set([2]))
    await lost.kill()
    for (const replica of replicas) replica.thaw()
    const heir = await group.heirOf(lost)
    const isUsed = async ({ holdfast }: Shop): Promise<boolean> =>
      (await holdfast.health()).nodes[0]?.node.endsWith(`:${heir.port}`) === true
    const read = await shops.readUntilSettled(isUsed)
    expect({ ofWriter: new Set(read?.ofWriter), ofSurvivor: new Set(read?.ofSurvivor) }).toEqual({
      ofWriter: new Set([2]),
      ofSurvivor: new Set([2]),
    })
    expect(await shops.readOnce()).toEqual(new Set([2]))
    expect(shops.writer.replays[0]).toMatchObject({ keys: 8, tags: 4, cleared: 0 })
    expect(shops.survivor.replays[0]).toMatchObject({ cleared: 1 })
  },
  90_000,
)

/** Plain data. */
function placesOf({ name, sentinels }: Awaited<ReturnType<typeof startSentinels>>) {
  return { name, sentinels: sentinels.map(({ host, port }) => ({ host, port })) }
}
