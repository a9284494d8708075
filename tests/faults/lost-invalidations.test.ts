import { startCluster, startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type HoldfastEvent, type HoldfastOptions } from "holdfast"
import { afterEach, beforeEach, expect, test } from "vitest"
import { clientRows, clusterCells, type ClientCell } from "../cells.ts"
import { startMovingAddress } from "./moving-address.ts"
import { shows } from "../holes/shows.ts"

interface Price {
  readonly v: number
  readonly tag: string
}

/** One process, and what it was told. */
class Shop implements AsyncDisposable {
  readonly holdfast: Holdfast
  readonly prices
  readonly replays: Extract<HoldfastEvent, { name: "replay" }>[] = []

  constructor(redis: unknown, source: Map<string, number>, options: Partial<HoldfastOptions> = {}) {
    const onEvent = (event: HoldfastEvent): void => void (event.name === "replay" && this.replays.push(event))
    this.holdfast = createHoldfast({ namespace: "shop", redis, onEvent, commandTimeout: "2s", ...options })
    this.prices = this.holdfast.cache({
      name: "price",
      ttl: "10m",
      local: false,
      tags: (price: Price | undefined) => (price === undefined ? [] : [price.tag]),
      load: async (id: string): Promise<Price> => ({ v: source.get(id) ?? 0, tag: `shelf-${id.at(0)}` }),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holdfast.close()
  }

  async read(id: string): Promise<number | undefined> {
    return (await this.prices.get(id))?.v
  }

  /** Whether it is connected again and has nothing left to tell. */
  async isSettled(): Promise<boolean> {
    const { status, undelivered } = await this.holdfast.health()
    return status !== "down" && undelivered === 0
  }
}

const ids = ["a1", "b1", "c1", "d1"]

/** A replica is sent its first copy at once. */
const prompt = { extraArgs: ["--repl-diskless-sync-delay", "0"] }

let primary: RedisProcess
let replica: RedisProcess
beforeEach(async () => {
  ;[primary, replica] = await Promise.all([startRedis(prompt), startRedis(prompt)])
  await replica.command("REPLICAOF", primary.host, String(primary.port))
  const isUp = async (): Promise<boolean> =>
    String(await replica.command("INFO", "replication")).includes("master_link_status:up")
  if ((await until(isUp, { timeoutMs: 10_000, everyMs: 10 })) !== true)
    throw new Error("The replica has not connected.")
})
afterEach(async () => {
  await Promise.all([primary.stop(), replica.stop()])
})

/** Waits until a replica has all that was written so far. WAIT knows only of what was written on the connection that it is sent on. */
async function inStep(of: RedisProcess, copy: RedisProcess): Promise<void> {
  const offsetOf = async (server: RedisProcess): Promise<number> =>
    Number(/master_repl_offset:(\d+)/.exec(String(await server.command("INFO", "replication")))?.[1])
  const written = await offsetOf(of)
  const hasAll = async (): Promise<boolean> => (await offsetOf(copy)) >= written
  expect(await until(hasAll, { timeoutMs: 5000, everyMs: 2 })).toBe(true)
}

/** The replica has all that was written so far, and gets nothing of what follows: it may be promoted. */
async function cutOff(): Promise<void> {
  await inStep(primary, replica)
  await replica.command("REPLICAOF", "NO", "ONE")
}

async function fillAll(shop: Shop, source: Map<string, number>): Promise<void> {
  for (const id of ids) {
    source.set(id, 1)
    expect(await shop.read(id)).toBe(1)
  }
}

/** Everything that a process may do to a key whose row has changed. */
async function changeAll(shop: Shop, source: Map<string, number>): Promise<void> {
  for (const id of ids) source.set(id, 2)
  const { delivered } = await shop.prices.invalidate("a1")
  const written = await shop.prices.write("b1", () => ({ v: 2, tag: "shelf-b" }))
  const tagged = await shop.holdfast.invalidateTags(["shelf-c"])
  expect([delivered, written.delivered, written.stored, tagged.delivered]).toEqual([true, true, true, true])
  await shop.prices.invalidate("d1")
}

/** Reads everything again and again until one process has nothing left to tell; answers what one was told meanwhile. */
async function readUntilSettled(told: Shop, reader: Shop, ids: readonly string[]): Promise<(number | undefined)[]> {
  const read: (number | undefined)[] = []
  const isSettled = async (): Promise<boolean> => {
    for (const id of ids) read.push(await reader.read(id))
    return told.replays.length > 0 && (await told.isSettled())
  }
  expect(await until(isSettled, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  return read
}

test.each(clientRows)(
  "%s: what a promoted replica does not know of is invalidated again",
  async (_name, { create }: ClientCell) => {
    await using address = await startMovingAddress(primary.port)
    const source = new Map<string, number>()
    await using writer = new Shop(create(address.url), source)
    await using reader = new Shop(create(address.url), source)
    await fillAll(writer, source)
    await cutOff()
    await changeAll(writer, source)
    for (const id of ids) expect(await reader.read(id)).toBe(2)
    address.moveTo(replica.port)
    const read = await readUntilSettled(writer, writer, ids)
    expect(read).toEqual(read.map(() => 2))
    for (const id of ids) expect(await reader.read(id)).toBe(2)
    expect(writer.replays).toEqual([expect.objectContaining({ keys: 3, tags: 1, cleared: 0 })])
    expect(reader.replays).toEqual([])
  },
  30_000,
)

test(shows("H4", "what a promoted replica knows of is not invalidated again"), async () => {
  const [, { create }] = clientRows[0]!
  await using address = await startMovingAddress(primary.port)
  const source = new Map<string, number>()
  await using shop = new Shop(create(address.url), source)
  await fillAll(shop, source)
  await changeAll(shop, source)
  const isMarked = async (): Promise<boolean> => (await primary.command("KEYS", "shop:{mark#*")) !== undefined
  await until(isMarked, { timeoutMs: 2000, everyMs: 10 })
  await new Promise((resolve) => setTimeout(resolve, 1200))
  await cutOff()
  await shop.prices.invalidate("a1")
  address.moveTo(replica.port)
  await readUntilSettled(shop, shop, ids)
  expect(shop.replays).toEqual([expect.objectContaining({ keys: 1, tags: 0, cleared: 0 })])
})

test(shows("H4", "where caches are cleared, nobody reads what a process that has died had invalidated"), async () => {
  const [, { create }] = clientRows[0]!
  await using address = await startMovingAddress(primary.port)
  const source = new Map<string, number>()
  const writer = new Shop(create(address.url), source, { afterFailover: "clear" })
  await using reader = new Shop(create(address.url), source, { afterFailover: "clear" })
  await fillAll(writer, source)
  for (const id of ids) expect(await reader.read(id)).toBe(1)
  await cutOff()
  await changeAll(writer, source)
  await writer.holdfast.close()
  address.moveTo(replica.port)
  const read = await readUntilSettled(reader, reader, ids)
  expect(read).toEqual(read.map(() => 2))
  expect(reader.replays).toEqual([expect.objectContaining({ cleared: 1 })])
  const { hits } = reader.prices.stats()
  for (const id of [...ids, ...ids]) expect(await reader.read(id)).toBe(2)
  expect(reader.prices.stats().hits).toBeGreaterThanOrEqual(hits + ids.length)
})

test("what a worker without caches has forgotten is cleared in the caches of others, as soon as it may look for them", async () => {
  const [, { create }] = clientRows[0]!
  await using address = await startMovingAddress(primary.port)
  const source = new Map<string, number>()
  await using reader = new Shop(create(address.url), source)
  const events: HoldfastEvent[] = []
  const onEvent = (event: HoldfastEvent): void => void events.push(event)
  const worker = { namespace: "shop", redis: create(address.url), commandTimeout: "2s", journalLimit: 2 } as const
  await using holdfast = createHoldfast({ ...worker, onEvent })
  await fillAll(reader, source)
  await cutOff()
  for (const id of ids) {
    source.set(id, 2)
    expect(await holdfast.invalidateTags([`shelf-${id.at(0)}`])).toEqual({ delivered: true })
  }
  for (const id of ids) expect(await reader.read(id)).toBe(2)
  await replica.command("ACL", "SETUSER", "default", "-scan")
  address.moveTo(replica.port)
  const refused = { name: "store-error", operation: "sweep", code: "SERVER_REFUSED", reply: "NOPERM" }
  const isRefused = (): boolean => events.some((event) => event.name === "store-error" && event.operation === "sweep")
  expect(await until(isRefused, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  expect(events).toContainEqual(expect.objectContaining(refused))
  await replica.command("ACL", "SETUSER", "default", "+scan")
  const isSwept = (): boolean => events.some(({ name }) => name === "replay-sweep")
  expect(await until(isSwept, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  const isTold = async (): Promise<boolean> => (await holdfast.health()).undelivered === 0
  expect(await until(isTold, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  expect(events).toContainEqual({ name: "replay-sweep", cleared: 1 })
  expect(await until(() => reader.isSettled(), { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  for (const id of ids) expect(await reader.read(id)).toBe(2)
  expect(reader.prices.stats().deadByTag).toBeGreaterThanOrEqual(1)
}, 60_000)

/** Nothing reaches this replica any more, until it is thawed: then it finds that its primary has hung up. */
async function freezeBehind(owner: RedisProcess, behind: RedisProcess): Promise<void> {
  await inStep(owner, behind)
  behind.freeze()
  await owner.command("CLIENT", "KILL", "TYPE", "replica")
}

test(
  shows(
    "H4",
    "in a cluster, what a promoted replica does not know of is invalidated again, and the other primaries are left alone",
  ),
  async () => {
    const [cell] = clusterCells
    await using cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
    const source = new Map<string, number>()
    await using writer = new Shop(cell!.create(cluster.urls), source)
    await using reader = new Shop(cell!.create(cluster.urls), source)
    const many = Array.from({ length: 30 }, (_, at) => `k${at}`)
    for (const id of many) {
      source.set(id, 1)
      expect(await writer.read(id)).toBe(1)
    }
    const owner = await cluster.ownerOf("shop:{price:k0}")
    const [behind] = await cluster.replicasOf(owner)
    await freezeBehind(owner, behind!)
    for (const id of many) {
      source.set(id, 2)
      expect((await writer.prices.invalidate(id)).delivered).toBe(true)
      expect(await reader.read(id)).toBe(2)
    }
    await owner.kill()
    behind!.thaw()
    expect(await cluster.failOver(owner)).toBe(behind)
    const read = await readUntilSettled(writer, writer, many)
    expect(read).toEqual(read.map(() => 2))
    for (const id of many) expect(await reader.read(id)).toBe(2)
    const [replay] = writer.replays
    expect(writer.replays).toHaveLength(1)
    expect(replay!.keys).toBeGreaterThan(0)
    expect(replay!.keys).toBeLessThan(many.length)
  },
  90_000,
)
