import { seededRandom } from "holdfast/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { maxStalenessMs } from "./near-process.ts"
import { clients, clustered, standalone, type Topology } from "./near-topology.ts"
import { enough, Race } from "./race.ts"

const rounds = 2000
const seed = Number(process.env["HOLDFAST_SEED"] ?? Date.now() % 1_000_000)

describe.each([
  ["standalone", standalone],
  ["cluster", clustered],
] as const)("%s", (topologyName, start) => {
  let topology: Topology
  beforeAll(async () => {
    topology = await start()
  })
  afterAll(() => topology.stop())

  test.each(clients)(
    `%s: ${rounds} rounds of a reply against an invalidation on another connection`,
    async (client) => {
      const random = seededRandom(seed)
      const race = new Race(topology, client, () => random.float())
      const tally = await race.run(rounds)
      console.log(
        `${topologyName}, ${client}, seed ${seed}: ${rounds} rounds, ${tally.old} with the old value: ${tally.overtaken} after the news, ` +
          `${tally.kept} before it and kept; ${tally.stale.length} stale after ${maxStalenessMs} ms`,
      )
      expect(tally.stale).toEqual([])
      expect(tally.overtaken).toBeGreaterThanOrEqual(enough)
      expect(tally.kept).toBeGreaterThanOrEqual(enough)
    },
    180_000,
  )
})
