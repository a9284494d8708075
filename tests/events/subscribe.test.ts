import { startRedis, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type EventMessage, type Holdfast } from "holdfast"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { clientCell, clientRows } from "../cells.ts"
import { soon } from "./event-service.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.command("FLUSHALL"))
afterAll(() => redis.stop())

function open(client = "redis 6"): Holdfast {
  const create = clientCell(client).create
  return createHoldfast({ redis: create(redis.url), namespace: "orders", commandTimeout: "5s" })
}

test.each(clientRows)("%s: events of many publishers are handled in one order, each once per group", async (client) => {
  const handled: number[] = []
  const positions: string[] = []
  const handler = (n: number, { position }: EventMessage): void => {
    handled.push(n)
    positions.push(position)
  }
  await using one = open(client)
  await using two = open(client)
  const [here, there] = [one.event<number>("placed"), two.event<number>("placed")]
  here.subscribe({ group: "mail", handler, from: "beginning" })
  there.subscribe({ group: "mail", handler, from: "beginning" })
  const publish = async (event: typeof here, from: number): Promise<void> => {
    for (let n = from; n < from + 100; n += 1) await event.publish(n)
  }
  await Promise.all([publish(here, 0), publish(there, 1000)])
  expect(await soon(() => handled.length >= 200)).toBe(true)
  expect(new Set(handled).size).toBe(200)
  expect(handled).toHaveLength(200)
  expect(handled.filter((n) => n < 1000)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(handled.filter((n) => n >= 1000)).toEqual(Array.from({ length: 100 }, (_, n) => 1000 + n))
  const inStream = (await redis.command("XRANGE", "orders:{event#placed}", "-", "+")) as [string, string[]][]
  expect(positions).toEqual(inStream.map(([id]) => id))
})

test("a handler that throws does not stop the rest, and its event is given up in the end", async () => {
  await using holdfast = open()
  const event = holdfast.event<number>("placed")
  const handled: number[] = []
  const givenUp: number[] = []
  const handler = (n: number): void => {
    if (n % 10 === 3) throw new Error("a poisoned event")
    handled.push(n)
  }
  const onGivenUp = (n: number): void => void givenUp.push(n)
  event.subscribe({ group: "mail", handler, onGivenUp, attempts: 3, from: "beginning" })
  for (let n = 0; n < 100; n += 1) await event.publish(n)
  expect(await soon(() => handled.length === 90 && givenUp.length === 10)).toBe(true)
  expect(handled).toEqual(Array.from({ length: 100 }, (_, n) => n).filter((n) => n % 10 !== 3))
  expect(givenUp.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => n * 10 + 3))
  expect(await soon(() => event.stats().readers[0]?.lag === 0)).toBe(true)
  expect(event.stats().readers[0]).toMatchObject({ handled: 90, failures: 30, givenUp: 10 })
})

test("what a process had not done when it ended is handled by the next one", async () => {
  const handled: number[] = []
  {
    await using first = open()
    const event = first.event<number>("placed")
    const handler = (n: number): void => {
      if (n === 5) throw new Error("not here")
      handled.push(n)
    }
    event.subscribe({ group: "mail", handler, attempts: 1000, from: "beginning" })
    for (let n = 0; n < 10; n += 1) await event.publish(n)
    expect(await soon(() => handled.length === 9)).toBe(true)
  }
  await using second = open()
  second.event<number>("placed").subscribe({ group: "mail", handler: (n) => void handled.push(n) })
  // At least once: those behind the one that failed come again with it.
  expect(await soon(() => handled.length === 14)).toBe(true)
  expect(handled.slice(9)).toEqual([5, 6, 7, 8, 9])
})

test("a server that is away for a while costs a group nothing but time", async () => {
  await using holdfast = open()
  const event = holdfast.event<number>("placed")
  const handled: number[] = []
  event.subscribe({ group: "mail", handler: (n) => void handled.push(n), from: "beginning" })
  await event.publish(1)
  expect(await soon(() => handled.length === 1)).toBe(true)
  redis.freeze()
  const published = event.publish(2, { id: "two" }).catch((error: unknown) => error)
  expect(await published).toMatchObject({ code: expect.stringMatching(/COMMAND_TIMEOUT|STORE_UNAVAILABLE/) as string })
  redis.thaw()
  const isPublished = async (): Promise<boolean> => {
    return event.publish(3).then(
      () => true,
      () => false,
    )
  }
  expect(await soon(isPublished)).toBe(true)
  expect(await soon(() => handled.includes(3))).toBe(true)
  // The one that was rejected with a time-out may have been published all the same.
  expect(handled.filter((n) => n !== 2)).toEqual([1, 3])
})

test("an entry that somebody else has put into the stream is passed, once", async () => {
  await using holdfast = open()
  const event = holdfast.event<number>("placed")
  const handled: number[] = []
  event.subscribe({ group: "mail", handler: (n) => void handled.push(n), from: "beginning" })
  await event.publish(1)
  expect(await soon(() => handled.length === 1)).toBe(true)
  await redis.command("XADD", "orders:{event#placed}", "*", "who", "knows")
  expect(await soon(() => event.stats().readers[0]?.unreadable === 1)).toBe(true)
  await event.publish(2)
  expect(await soon(() => handled.length > 1)).toBe(true)
  expect(handled).toEqual([1, 2])
  expect(event.stats().readers[0]).toMatchObject({ unreadable: 1, gaps: 1, lag: 0 })
})

test("what is older than the retention goes although its stream goes on", async () => {
  await using holdfast = open()
  const event = holdfast.event<number>("placed", { retention: "1s" })
  await Promise.all(Array.from({ length: 300 }, (_, n) => event.publish(n)))
  const isTrimmed = async (): Promise<boolean> => {
    await event.publish(-1)
    return Number(await redis.command("XLEN", "orders:{event#placed}")) < 200
  }
  expect(await soon(isTrimmed, 10_000)).toBe(true)
})

test("the server keeps what was published for as long as it was told to, and no longer", async () => {
  await using holdfast = open()
  const event = holdfast.event<number>("placed", { retention: "1s", maxEvents: 1000 })
  for (let n = 0; n < 300; n += 1) await event.publish(n)
  expect(Number(await redis.command("XLEN", "orders:{event#placed}"))).toBeGreaterThanOrEqual(200)
  const keys = async (): Promise<unknown> => redis.command("KEYS", "*")
  expect(((await keys()) as string[]).toSorted()).toEqual(["orders:{event#placed}", "orders:{event#placed}:head"])
  expect(await soon(async () => ((await keys()) as string[]).length === 0, 5000)).toBe(true)
})
