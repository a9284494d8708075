import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type HoldfastEvent } from "holdfast"
import { afterEach, beforeEach, expect, test } from "vitest"
import { clientRows, type ClientCell } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { inStep } from "./in-step.ts"
import { startLosingProcess } from "./losing-process.ts"
import { Shop } from "./losing-shop.ts"
import { startMovingAddress } from "./moving-address.ts"

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
async function changeAll(shop: Shop): Promise<void> {
  for (const [at, id] of ids.entries()) expect(await shop.change(id, at)).toBe(true)
}

/** Whether the process has left on the primary how many of its changes were acknowledged: all. */
async function areMarked(): Promise<boolean> {
  const [mark] = (await primary.command("KEYS", "shop:{mark#*")) as string[]
  return mark !== undefined && String(await primary.command("GET", mark)) === String(ids.length)
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
    await changeAll(writer)
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
  await changeAll(shop)
  expect(await until(areMarked, { timeoutMs: 10_000, everyMs: 5 })).toBe(true)
  await cutOff()
  await shop.prices.invalidate("a1")
  address.moveTo(replica.port)
  await readUntilSettled(shop, shop, ids)
  expect(shop.replays).toEqual([expect.objectContaining({ keys: 1, tags: 0, cleared: 0 })])
})

test(shows("H4", "where caches are cleared, nobody reads what a process that has died had invalidated"), async () => {
  const [name, { create }] = clientRows[0]!
  await using address = await startMovingAddress(primary.port)
  const source = new Map<string, number>()
  await using reader = new Shop(create(address.url), source, { afterFailover: "clear" })
  await using writer = await startLosingProcess({ client: name, place: { url: address.url }, namespace: "shop" })
  await fillAll(reader, source)
  await cutOff()
  for (const id of ids) source.set(id, 2)
  expect(await writer.call("changeAll", ids)).toBe(true)
  await writer.kill()
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
    expect(await holdfast.invalidateTags([`shelf-${id}`])).toEqual({ delivered: true })
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
