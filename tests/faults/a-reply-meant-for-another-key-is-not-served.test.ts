import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type HoldfastEvent } from "holdfast"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCells, clientRows, type ClientCell } from "../cells.ts"
import { shows } from "../holes/shows.ts"
import { expectTidy } from "../oracle.ts"
import { startMisroutingProxy, type MisroutingProxy } from "./misrouting-proxy.ts"

let redis: RedisProcess
let proxy: MisroutingProxy
beforeAll(async () => {
  redis = await startRedis()
  proxy = await startMisroutingProxy(redis.port)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await redis.stop()
})

interface Bed extends AsyncDisposable {
  readonly holdfast: Holdfast
  readonly alarms: Extract<HoldfastEvent, { name: "entry-foreign" }>[]
  readonly cache: ReturnType<typeof ownerCache>
  readonly keyOf: (key: string) => string
  loads(): number
}

function ownerCache(holdfast: Holdfast, onLoad: () => void) {
  return holdfast.cache({
    name: "owner",
    ttl: "60s",
    local: false,
    load: async (key: string) => {
      onLoad()
      return { owner: key }
    },
  })
}

let beds = 0
async function bed(cell: ClientCell): Promise<Bed> {
  const namespace = `bed${++beds}`
  const alarms: Bed["alarms"] = []
  const onEvent = (event: HoldfastEvent): void => void (event.name === "entry-foreign" && alarms.push(event))
  const holdfast = createHoldfast({ redis: cell.create(proxy.url), namespace, onEvent })
  let loads = 0
  const cache = ownerCache(holdfast, () => void (loads += 1))
  await until(async () => (await holdfast.health()).status !== "down", { timeoutMs: 5000 })
  const end = async (): Promise<void> => {
    await holdfast.close()
    await expectTidy(redis, namespace)
  }
  return {
    holdfast,
    alarms,
    cache,
    keyOf: (key) => `${namespace}:{owner:${key}}`,
    loads: () => loads,
    [Symbol.asyncDispose]: end,
  }
}

test.each(clientRows)(
  "%s: a reply to another GET is not served; a fresh connection answers, and the guilty one is dropped",
  async (_name, cell) => {
    await using it = await bed(cell)
    await it.cache.get("one")
    await it.cache.get("two")
    const before = { accepted: proxy.accepted, closed: proxy.closed, misrouted: proxy.misrouted }
    proxy.misrouteNext(it.keyOf("one"), it.keyOf("two"))
    expect(await it.cache.get("one")).toEqual({ owner: "one" })
    expect(proxy.misrouted).toBe(before.misrouted + 1)
    // Its tags are asked for on the connection that is being given up, and where that has no answer the source has.
    expect(it.loads()).toBeLessThanOrEqual(3)
    expect(it.alarms).toMatchObject([{ name: "entry-foreign", where: "reply" }])
    expect(proxy.accepted).toBeGreaterThan(before.accepted)
    // The connection of the second opinion, and the one that is not trusted any more.
    expect(await until(() => proxy.closed >= before.closed + 2, { timeoutMs: 2000 })).toBe(true)
    const hits = it.cache.stats().hits
    await until(async () => (await it.cache.get("one")) !== undefined && it.cache.stats().hits > hits, {
      timeoutMs: 5000,
    })
    expect(it.cache.stats().hits).toBeGreaterThan(hits)
    expect(it.cache.stats().foreign).toBe(1)
  },
)

test(
  shows(
    "H21",
    "an entry stored under another key is a miss, overwritten by its next fill, with one alarm per key and minute",
  ),
  async () => {
    await using it = await bed(clientCells[0] as ClientCell)
    await it.cache.get("one")
    await it.cache.get("two")
    const accepted = proxy.accepted
    expect(await redis.command("COPY", it.keyOf("one"), it.keyOf("two"), "REPLACE")).toBe(1)
    expect(await it.cache.get("two")).toEqual({ owner: "two" })
    expect(it.loads()).toBe(3)
    expect(await it.cache.get("two")).toEqual({ owner: "two" })
    expect(it.loads()).toBe(3)
    expect(it.alarms).toMatchObject([{ where: "stored", key: it.keyOf("two") }])
    await redis.command("COPY", it.keyOf("one"), it.keyOf("two"), "REPLACE")
    expect(await it.cache.get("two")).toEqual({ owner: "two" })
    expect(it.loads()).toBe(4)
    expect(it.alarms).toHaveLength(1)
    expect(it.cache.stats().foreign).toBe(2)
    // The connection is not to blame: it stays, and each second opinion closed its own.
    expect(proxy.accepted - accepted).toBe(2)
  },
)

test("a peek and an explanation do not show another key's entry", async () => {
  await using it = await bed(clientCells[0] as ClientCell)
  await it.cache.get("one")
  await redis.command("COPY", it.keyOf("one"), it.keyOf("two"))
  expect(await it.cache.peek("two")).toBeUndefined()
  expect(await it.cache.explain("two")).toMatchObject({ state: "foreign" })
})
