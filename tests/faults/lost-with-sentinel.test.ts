import { startSentinels } from "@holdfast/servers"
import { expect, test } from "vitest"
import { sentinelRows } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { TwoFates } from "./two-fates.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const rows = sentinelRows.filter(([name]) => isDeep || name === "redis 6")
const ids = Array.from({ length: 12 }, (_, at) => `k${at}`)

test.each(rows)(
  `%s: ${shows("H4", "behind sentinels, nobody reads what the lost primary alone knew to be invalidated: it is told again, or caches are cleared")}`,
  async (name) => {
    await using group = await startSentinels()
    await using shops = await TwoFates.start(name, { sentinels: placesOf(group) }, ids)
    const lost = await group.primary()
    const replicas = group.servers.filter((server) => server !== lost)
    const read = await shops.outlive({ lost, replicas, heir: () => group.heirOf(lost) })
    expect(read).toEqual({
      before: new Set([2]),
      byWriter: new Set([2]),
      bySurvivor: new Set([2]),
      after: new Set([2]),
    })
    expect(shops.writer.replays[0]).toMatchObject({ keys: 8, tags: 4, cleared: 0 })
    expect(shops.survivor.replays[0]).toMatchObject({ cleared: 1 })
  },
  90_000,
)

/** Plain data. */
function placesOf({ name, sentinels }: Awaited<ReturnType<typeof startSentinels>>) {
  return { name, sentinels: sentinels.map(({ host, port }) => ({ host, port })) }
}
