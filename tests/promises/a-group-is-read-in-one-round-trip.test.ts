import { startCluster, startRedis, until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type ReadThroughCache } from "holdfast"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { clientCell, clusterRows } from "../cells.ts"

let cluster: RedisCluster
let alone: RedisProcess
beforeAll(async () => {
  ;[cluster, alone] = await Promise.all([startCluster({ primaries: 3 }), startRedis()])
})
afterAll(async () => {
  await Promise.all([cluster.stop(), alone.stop()])
})

let open: Holdfast[] = []
afterEach(async () => {
  await Promise.all(open.map((holdfast) => holdfast.close()))
  open = []
})

interface Service {
  readonly holdfast: Holdfast
  readonly profiles: ReadThroughCache<string, string>
  readonly orders: ReadThroughCache<readonly [user: string, order: string], string>
}

let runs = 0
const source = { change: 1 }

/** One process of a service, whose reads ask the store unless `near`. */
function service(redis: unknown, namespace: string, near = false): Service {
  const holdfast = createHoldfast({ redis, namespace })
  open.push(holdfast)
  const policy = { ttl: "60s", jitter: "0%", local: near ? {} : false } as const
  return {
    holdfast,
    profiles: holdfast.cache({
      ...policy,
      name: "profile",
      load: async (user: string) => `${user}@${source.change}`,
      group: (user) => `user:${user}`,
    }),
    orders: holdfast.cache({
      ...policy,
      name: "order",
      load: async ([user, order]: readonly [user: string, order: string]) => `${user}/${order}@${source.change}`,
      group: ([user]) => `user:${user}`,
    }),
  }
}

const entriesOf = ({ profiles, orders }: Service, user: string) =>
  [profiles.entry(user), orders.entry([user, "a"]), orders.entry([user, "b"])] as const
const valuesOf = (user: string): readonly string[] =>
  [user, `${user}/a`, `${user}/b`].map((what) => `${what}@${source.change}`)

/** Reads a group until all of it comes from the store: a connection may still be opening. */
async function warmUp(of: Service, user: string): Promise<void> {
  const isKept = async (): Promise<boolean> => {
    await of.holdfast.getTogether(entriesOf(of, user))
    const found = await Promise.all([of.profiles.peek(user), of.orders.peek([user, "a"]), of.orders.peek([user, "b"])])
    return !found.includes(undefined)
  }
  expect(await until(isKept, { timeoutMs: 15_000, everyMs: 20 })).toBe(true)
}

/** How often each reading command was sent, over all servers. */
async function reads(servers: readonly RedisProcess[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = { get: 0, mget: 0 }
  for (const server of servers) {
    const stats = String(await server.command("INFO", "commandstats"))
    for (const [, name = "", calls] of stats.matchAll(/^cmdstat_(get|mget):calls=(\d+)/gm))
      counts[name] = (counts[name] ?? 0) + Number(calls)
  }
  return counts
}

async function resetCounts(servers: readonly RedisProcess[]): Promise<void> {
  await Promise.all(servers.map((server) => server.command("CONFIG", "RESETSTAT")))
}

test("on a single server, entries of a group, its tag and those of their caches are one command", async () => {
  const one = service(clientCell("redis 6").create(alone.url), "group")
  await warmUp(one, "1")
  await resetCounts([alone])
  expect(await one.holdfast.getTogether(entriesOf(one, "1"))).toEqual(valuesOf("1"))
  expect(await reads([alone])).toEqual({ get: 0, mget: 1 })
})

test.each(clusterRows)("%s: in a cluster, a group is in one slot and is read by one command", async (_name, cell) => {
  const namespace = `group${(runs += 1)}`
  const [writing, reading] = [0, 1].map(() => service(cell.create(cluster.urls), namespace, true)) as [Service, Service]
  await warmUp(writing, "7")
  for (const user of ["1", "2", "3"]) await warmUp(writing, user)
  // Until the tags of both caches are known under a proof, they are asked for besides.
  const isProved = async (): Promise<boolean> => {
    await reading.holdfast.getTogether(entriesOf(reading, "7"))
    const before = reading.profiles.stats().nearHits
    await reading.holdfast.getTogether(entriesOf(reading, "7"))
    return reading.profiles.stats().nearHits > before
  }
  expect(await until(isProved, { timeoutMs: 15_000, everyMs: 20 })).toBe(true)
  for (const user of ["1", "2", "3"]) {
    await resetCounts(cluster.nodes)
    const entries = entriesOf(reading, user)
    expect(await reading.holdfast.getTogether(entries)).toEqual(valuesOf(user))
    expect(await reads(cluster.nodes)).toEqual({ get: 0, mget: 1 })
    const owner = await cluster.ownerOf(entries[0].slot)
    const inSlot = (await owner.command("CLUSTER", "GETKEYSINSLOT", String(entries[0].slot), "100")) as string[]
    expect(inSlot).toEqual(
      expect.arrayContaining([...entries.map(({ storeKey }) => storeKey), `${namespace}:{user:${user}}:#group`]),
    )
  }
})

test.each(clusterRows)("%s: a group that was invalidated is read anew, in every process", async (_name, cell) => {
  const namespace = `group${(runs += 1)}`
  const [one, other] = [0, 1].map(() => service(cell.create(cluster.urls), namespace)) as [Service, Service]
  for (const of of [one, other]) for (const user of ["1", "2"]) await warmUp(of, user)
  const before = valuesOf("2")
  source.change += 1
  expect(await one.holdfast.invalidateGroup("user:1")).toEqual({ delivered: true })
  for (const of of [other, one]) {
    expect(await of.holdfast.getTogether(entriesOf(of, "1"))).toEqual(valuesOf("1"))
    expect(await of.holdfast.getTogether(entriesOf(of, "2"))).toEqual(before)
  }
  const found: string[] = []
  for await (const { cache, group } of one.holdfast.scan()) found.push(`${cache} of ${group ?? "none"}`)
  const ofUser = (user: string): string[] => ["order", "order", "profile"].map((name) => `${name} of user:${user}`)
  expect(found.toSorted()).toEqual([...ofUser("1"), ...ofUser("2")].toSorted())
})

test("while the slot of a group is on the move, half of it here and half of it there, its entries are found", async () => {
  const [, cell] = clusterRows[0] ?? []
  const one = service(cell?.create(cluster.urls), "moving")
  await warmUp(one, "1")
  const entries = entriesOf(one, "1")
  const { slot } = entries[0]
  const owner = await cluster.ownerOf(slot)
  const to = (await Promise.all([0, 8000, 16_383].map((each) => cluster.ownerOf(each)))).find((node) => node !== owner)
  if (to === undefined) throw new Error("One server has every slot.")
  const move = await cluster.beginMove(slot, to)
  await move.migrateKeys([entries[1].storeKey])
  const loads = (): number => one.profiles.stats().loads + one.orders.stats().loads
  const before = loads()
  expect(await one.holdfast.getTogether(entries)).toEqual(valuesOf("1"))
  expect(loads()).toBe(before)
  await move.finish()
  expect(await one.holdfast.getTogether(entries)).toEqual(valuesOf("1"))
})

test("on a cluster a group that most reads go to is told of, on a single server it is not", async () => {
  const cells = [clusterRows[0]?.[1].create(cluster.urls), clientCell("redis 6").create(alone.url)]
  const [spread, single] = cells.map((client) => service(client, "hot")) as [Service, Service]
  for (const { orders } of [spread, single])
    for (let read = 0; read < 1200; read += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_none, at) => orders.get([at % 2 === 0 ? "9" : `u${read + at}`, `${read + at}`])),
      )
  const { slot } = spread.profiles.entry("9")
  const [hottest, ...others] = spread.holdfast.groups().groups
  expect(hottest).toMatchObject({ group: "user:9", slot, isHot: true })
  expect(others.some(({ isHot }) => isHot)).toBe(false)
  const { ok, hotSlots, reasons } = await spread.holdfast.health()
  expect({ ok, hotSlots }).toEqual({ ok: true, hotSlots: [slot] })
  expect(reasons).toContain(`Slot ${slot} holds a group that too many reads go to: groups() names it.`)
  expect(single.holdfast.groups().hotShare).toBeUndefined()
  expect((await single.holdfast.health()).hotSlots).toEqual([])
})
