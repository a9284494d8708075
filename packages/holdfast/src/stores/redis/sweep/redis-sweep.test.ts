import { expect, test } from "vitest"
import { slotOf } from "../../../entry/slot.ts"
import { seededRandom } from "../../../testing/seeded-random.ts"
import { virtualClock } from "../../../testing/virtual-clock.ts"
import { MovingCluster } from "./moving-cluster.fixture.ts"
import { sweepRedis } from "./redis-sweep.ts"
import { namedMax } from "./slot-listing.ts"

/** Two hundred keys in forty slots. */
const keys = Array.from({ length: 200 }, (_, at) => `shop:{s${at % 40}}:row:${at}`)

interface Swept {
  readonly missed: readonly string[]
  readonly rounds: number
}

async function sweep(
  cluster: MovingCluster,
  seed: number,
  all: readonly string[] = keys,
  onScans: (servers: number) => void = () => {},
): Promise<Swept> {
  const clock = virtualClock()
  const found = new Set<string>()
  let rounds = 0
  const sweeping = sweepRedis(
    { connection: cluster.connection, clock, random: seededRandom(seed) },
    {
      prefix: "shop:{",
      pattern: "shop:{*",
      pace: { budgetMs: 2, share: 1 },
      signal: new AbortController().signal,
      onKeys: async (names) => names.forEach((name) => found.add(name)),
      onProgress: ({ round, servers }) => {
        rounds = round
        onScans(servers)
      },
    },
  )
  await clock.runUntil(sweeping)
  return { missed: all.filter((key) => !found.has(key)), rounds }
}

async function sweepWhileSlotsMove(seed: number, all: readonly string[], refusesLists: boolean) {
  const random = seededRandom(seed)
  const options = { moves: Math.floor(random.float() * 30), perStep: 0.3 + random.float() * 3 }
  const cluster = new MovingCluster(random, all, options)
  cluster.refusesLists = refusesLists
  cluster.leavesMarks = seed % 2 === 0
  return { ...(await sweep(cluster, seed, all)), listed: cluster.listed }
}

test.each([
  ["are listed", false],
  ["are walked over, where servers list none", true],
])("no key is missed however its slot moves meanwhile: slots that moved %s", async (_how, refusesLists) => {
  let [most, again, listed] = [0, 0, 0]
  for (let seed = 1; seed <= 15; seed++) {
    const swept = await sweepWhileSlotsMove(seed, keys, refusesLists)
    expect([`seed ${seed}`, ...swept.missed]).toEqual([`seed ${seed}`])
    most = Math.max(most, swept.rounds)
    again += swept.rounds > 1 ? 1 : 0
    listed += swept.listed
  }
  expect(again).toBeGreaterThan(5)
  expect(most).toBeLessThan(20)
  expect(listed > 0).toBe(!refusesLists)
})

test("a slot with more keys than one command names is walked over", async () => {
  const crowd = Array.from({ length: namedMax + 1 }, (_, at) => `shop:{s0}:row:crowd${at}`)
  for (let seed = 1; seed <= 5; seed++) {
    const { missed } = await sweepWhileSlotsMove(seed, [...keys, ...crowd], false)
    expect([`seed ${seed}`, ...missed]).toEqual([`seed ${seed}`])
  }
})

test("a cluster at rest is swept once", async () => {
  const { missed, rounds } = await sweep(new MovingCluster(seededRandom(1), keys, { moves: 0, perStep: 0 }), 1)
  expect([missed, rounds]).toEqual([[], 1])
})

test("a move that has begun and does not end is no reason to begin again", async () => {
  const cluster = new MovingCluster(seededRandom(1), keys, { moves: 0, perStep: 0 })
  const [from, , , to] = cluster.servers
  if (from === undefined || to === undefined) throw new Error("There are no servers.")
  const [slot = 0] = [...from.owned].filter((each) => keys.some((key) => slotOf(key) === each))
  from.leaving.set(slot, to)
  to.arriving.set(slot, from)
  for (const key of keys.filter((each) => slotOf(each) === slot)) {
    from.keys.delete(key)
    to.keys.add(key)
  }
  expect(await sweep(cluster, 1)).toEqual({ missed: [], rounds: 1 })
})

test("a move that ended unknown to the giver hides no later move of the slot", async () => {
  const cluster = new MovingCluster(seededRandom(1), keys, { moves: 0, perStep: 0 })
  const [owner, taker, former] = cluster.servers
  if (owner === undefined || taker === undefined || former === undefined) throw new Error("There are no servers.")
  const [slot = 0] = [...owner.owned].filter((each) => keys.some((key) => slotOf(key) === each))
  owner.epoch = 9
  former.leaving.set(slot, owner)
  taker.arriving.set(slot, owner)
  owner.leaving.set(slot, taker)
  const moving = keys.filter((key) => slotOf(key) === slot)
  let scans = 0
  // When three servers have been walked over, one is left, and that must be the one that the keys go to.
  const swept = await sweep(cluster, 1, keys, (servers) => {
    if (servers !== 1 || scans++ > 0) return
    for (const key of moving) {
      owner.keys.delete(key)
      taker.keys.add(key)
    }
  })
  expect(swept).toEqual({ missed: [], rounds: 1 })
  expect(scans).toBeGreaterThan(0)
})
