import { setTimeout as sleep } from "node:timers/promises"
import { until } from "@holdfast/servers"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { memorySource, type Source } from "../source.ts"
import { maxStalenessMs, namespace, NearProcess } from "./near-process.ts"
import { clients, standalone, type Client, type Topology } from "./near-topology.ts"

let topology: Topology
let source: Source
const open: NearProcess[] = []
beforeAll(async () => {
  topology = await standalone()
})
beforeEach(() => {
  source = memorySource()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ holdfast }) => holdfast.close()))
  await command("FLUSHALL")
})
afterAll(() => topology.stop())

const valueKey = `${namespace}:{row:a}`

function command(...args: string[]): Promise<unknown> | undefined {
  return topology.servers[0]?.command(...args)
}

/** A process that keeps the first version of a key. */
async function keeping(client: Client, ttl: `${number}s` = "60s"): Promise<NearProcess> {
  const made = new NearProcess({ redis: topology.direct(client), source, ttl })
  open.push(made)
  expect(await made.proved()).toBe(true)
  await source.commit("a")
  expect(await made.read("a")).toEqual({ version: 1, isNear: false })
  expect(await made.keeps("a")).toBe(true)
  return made
}

test.each(clients)("%s: every kind of change of another process is heard", async (client) => {
  const here = await keeping(client)
  const elsewhere = new NearProcess({ redis: topology.direct(client), source })
  open.push(elsewhere)
  expect(await elsewhere.proved()).toBe(true)
  const changes = [
    () => elsewhere.change("a"),
    () => elsewhere.write("a"),
    async () => {
      const version = await source.commit("a")
      expect(await elsewhere.cache.invalidate("a", { expire: true })).toEqual({ delivered: true })
      return version
    },
  ]
  for (const change of changes) {
    const version = await change()
    // An expired entry is served until it has been refreshed: by the store, but not from here for longer.
    const seen = async (): Promise<boolean> => (await here.read("a")).version === version
    expect(await until(seen, { timeoutMs: maxStalenessMs, everyMs: 1 })).toBe(true)
    expect(await here.keeps("a")).toBe(true)
  }
})

test.each(clients)("%s: FLUSHALL fences, although nothing is published", async (client) => {
  const here = await keeping(client)
  await source.commit("a")
  await command("FLUSHALL")
  const seen = async (): Promise<boolean> => (await here.read("a")).version === 2
  const startedMs = performance.now()
  expect(await until(seen, { timeoutMs: 4 * maxStalenessMs + 1000, everyMs: 1 })).toBe(true)
  console.log(`${client}: after FLUSHALL no copy was served from ${Math.round(performance.now() - startedMs)} ms on`)
  expect(await here.keeps("a")).toBe(true)
})

test.each(clients)("%s: a restarted server is fenced, and near hits come back", async (client) => {
  const here = await keeping(client)
  await source.commit("a")
  await topology.servers[0]?.restart()
  const seen = async (): Promise<boolean> => (await here.read("a")).version === 2
  expect(await until(seen, { timeoutMs: 4 * maxStalenessMs + 1000, everyMs: 1 })).toBe(true)
  expect(await here.keeps("a")).toBe(true)
})

test.each([
  ["DEL", valueKey],
  ["SET", valueKey, "what another program writes", "PX", "60000"],
])("%s by hand is not heard: the copy is served until its ttl ends", async (...args) => {
  const here = await keeping("redis 6", "1s")
  const keptMs = performance.now()
  await source.commit("a")
  await command(...args)
  await sleep(2 * maxStalenessMs)
  // Within the ttl, unless this machine has slept much longer.
  if (performance.now() - keptMs < 800) expect(await here.read("a")).toEqual({ version: 1, isNear: true })
  const seen = async (): Promise<boolean> => (await here.read("a")).version === 2
  expect(await until(seen, { timeoutMs: 5000 })).toBe(true)
})

test("an early end of a key's life is not heard either", async () => {
  const here = await keeping("ioredis 6")
  await source.commit("a")
  await command("PEXPIRE", valueKey, "1")
  await sleep(2 * maxStalenessMs)
  expect(await here.read("a")).toEqual({ version: 1, isNear: true })
})
