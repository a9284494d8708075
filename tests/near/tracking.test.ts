import { setTimeout as sleep } from "node:timers/promises"
import { until } from "@holdfast/servers"
import type { HoldfastEvent } from "holdfast"
import { seededRandom } from "holdfast/testing"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { clientCell, clusterCells } from "../cells.ts"
import { documentedFor, documentedPermissions } from "../documented-permissions.ts"
import { shows } from "../holes/shows.ts"
import { memorySource, type Source } from "../source.ts"
import { maxStalenessMs, namespace, NearProcess, pastTheBound, type NearProcessOptions } from "./near-process.ts"
import { clients, clustered, standalone, type Topology } from "./near-topology.ts"

/** Those that hand on what servers tell. */
const tracking = ["redis 6", "redis 5", "ioredis 6", "ioredis 5"] as const

const valueKey = `${namespace}:{row:a}`
const documented = documentedPermissions([], namespace)
const forClusters = documentedFor("cluster")
const forTracking = documentedFor("tracking")

const open: NearProcess[] = []
let source: Source
beforeEach(() => {
  source = memorySource()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ holdfast }) => holdfast.close()))
})

function start(redis: unknown, options: Partial<NearProcessOptions> = {}): NearProcess {
  const made = new NearProcess({ redis, source, tracking: true, ...options })
  open.push(made)
  return made
}

/** Waits until the state is this, and answers why. */
async function becomes({ holdfast }: NearProcess, wanted: "on" | "unavailable", reason = /^/): Promise<string> {
  const reached = async (): Promise<string | undefined> => {
    const { state, why = "none" } = (await holdfast.health()).tracking
    return state === wanted && reason.test(why) ? why : undefined
  }
  const why = await until(reached, { timeoutMs: 20_000, everyMs: 5 })
  return why ?? expect.unreachable(`It is ${JSON.stringify((await holdfast.health()).tracking)}.`)
}

/** To whichever server it is for: the others refuse it. */
async function send({ servers }: Topology, ...command: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(servers.map((server) => server.command(...command)))
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true)
}

/** Their ids, which are the server's own, with its port. */
async function subscribersOf({ servers }: Topology): Promise<readonly string[]> {
  const ids = servers.map(async (server) => {
    const list = String(await server.command("CLIENT", "LIST", "TYPE", "pubsub"))
    return [...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => `${server.port} ${id}`)
  })
  return (await Promise.all(ids)).flat()
}

async function evict(topology: Topology): Promise<void> {
  await send(topology, "CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "1")
  await Promise.allSettled(topology.servers.map((server) => server.command("SET", valueKey, "no room")))
  await send(topology, "CONFIG", "SET", "maxmemory", "0")
}

/** What others do to a copy, and whether it takes what a beat has left with it: then the next beat tells of it, too. */
const writes: readonly (readonly [string, (topology: Topology) => Promise<void>, "and the beat"?])[] = [
  ["DEL", (topology) => send(topology, "DEL", valueKey)],
  ["SET", (topology) => send(topology, "SET", valueKey, "what another program writes", "PX", "60000")],
  ["the end of its time", (topology) => send(topology, "PEXPIRE", valueKey, "1")],
  ["eviction", evict, "and the beat"],
  ["DEL of its tag", (topology) => send(topology, "DEL", `${namespace}:{tag#all}`)],
  ["FLUSHDB", (topology) => send(topology, "FLUSHDB"), "and the beat"],
]

/** How often a write is tried: a beat may come between it and its news. */
const tries = 10

/** How long a copy is served after somebody has written to its key, in milliseconds, and whether no beat can have told of that. */
async function untilSeen(
  here: NearProcess,
  write: () => Promise<void>,
): Promise<{ readonly ms: number; readonly byTracking: boolean }> {
  expect(await here.keeps("a")).toBe(true)
  const { version: kept } = await here.read("a")
  const version = await source.commit("a")
  expect(kept).toBe(version - 1)
  expect(await here.keeps("a")).toBe(true)
  const isHeld = (await here.read("a")).version === kept
  const beganMs = performance.now()
  await write()
  const writtenMs = performance.now()
  const seen = async (): Promise<boolean> => (await here.read("a")).version === version
  expect(await until(seen, { timeoutMs: 10_000, everyMs: 1 })).toBe(true)
  return { ms: performance.now() - writtenMs, byTracking: isHeld && !hasBeaten(here, beganMs) }
}

/** Whether a server has proved since then that it is heard, or was fenced by more than the news of a flush. */
function hasBeaten({ cache }: NearProcess, sinceMs: number): boolean {
  const { provedAgoMs, why = "" } = cache.stats().near ?? {}
  return provedAgoMs === undefined ? !why.endsWith("the server was flushed") : provedAgoMs < performance.now() - sinceMs
}

/** The same once it was seen by tracking. */
async function untilTold(here: NearProcess, write: () => Promise<void>): Promise<number> {
  for (let time = 0; time < tries; time += 1) {
    const { ms, byTracking } = await untilSeen(here, write)
    if (byTracking) return ms
    await untilProvedAnew(here)
  }
  return expect.unreachable("Each time a beat has come first.")
}

/** Waits until every server has answered a beat that was sent from now on. */
async function untilProvedAnew(here: NearProcess): Promise<void> {
  const sinceMs = performance.now()
  const isProvedAnew = (): boolean => here.isProved && hasBeaten(here, sinceMs)
  expect(await until(isProvedAnew, { timeoutMs: 10_000, everyMs: 5 })).toBe(true)
}

describe.each([
  ["standalone", standalone, tracking],
  ["cluster", clustered, tracking.filter((client) => client.endsWith("6"))],
] as const)("%s", (name, begin, cells) => {
  let topology: Topology
  beforeAll(async () => {
    topology = await begin()
  })
  afterEach(() => Promise.all(topology.servers.map((server) => server.command("FLUSHALL"))))
  afterAll(() => topology.stop())

  const create = (client: string, user = ""): unknown => {
    const urls = topology.urls.map((url) => url.replace("//", `//${user}`))
    const cell = name === "cluster" ? clusterCells.find((each) => each.name === client) : undefined
    return cell === undefined ? clientCell(client).create(urls[0] ?? "") : cell.create(urls)
  }

  test.each(cells)(
    `%s: ${shows("H20", "what others write is seen, and what is read then is kept again")}`,
    async (client) => {
      // With two beats a second there is time between them in which nothing else tells.
      const here = start(create(client), { tags: () => ["all"], local: { maxStaleness: "2s" } })
      await becomes(here, "on")
      expect(await here.proved()).toBe(true)
      const delays: string[] = []
      for (const [what, write, andTheBeat] of writes) {
        const ms = await untilTold(here, () => write(topology))
        delays.push(`${what} ${ms.toFixed(1)} ms`)
        if (andTheBeat !== undefined) await untilProvedAnew(here)
      }
      expect(await here.keeps("a")).toBe(true)
      expect((await here.holdfast.health()).tracking.state).toBe("on")
      console.log(`${name}, ${client}: ${delays.join(", ")}`)
    },
  )

  test.each(cells)("%s: two processes that fill, write and renew keep copies all the same", async (client) => {
    const [here, elsewhere] = [start(create(client)), start(create(client))]
    await Promise.all([becomes(here, "on"), becomes(elsewhere, "on")])
    await Promise.all([here.proved(), elsewhere.proved()])
    for (let round = 0; round < 5; round += 1) {
      const version = await (round % 2 === 0 ? elsewhere.write("a") : here.change("a"))
      const seen = async (): Promise<boolean> => (await here.read("a")).version === version
      expect(await until(seen, { timeoutMs: maxStalenessMs + 50, everyMs: 1 })).toBe(true)
      expect(await here.keeps("a")).toBe(true)
      expect(await elsewhere.keeps("a")).toBe(true)
    }
    // No write of Holdfast's own (beats, tests, tags that are prolonged) drops again and again what nobody has changed.
    const before = here.cache.stats().nearHits
    for (let turn = 0; turn < 100; turn += 1) {
      expect((await here.read("a")).version).toBe((await elsewhere.read("a")).version)
      await sleep(maxStalenessMs / 20)
    }
    const nearHits = here.cache.stats().nearHits - before
    console.log(`${name}, ${client}: ${nearHits} of 100 reads were answered from the process`)
    expect(nearHits).toBeGreaterThan(50)
  })

  test.each(cells)("%s: each new subscriber connection is tested", async (client) => {
    const here = start(create(client))
    await becomes(here, "on")
    const before = await subscribersOf(topology)
    await send(topology, "CLIENT", "KILL", "TYPE", "pubsub")
    const isBack = async (): Promise<boolean> => {
      const now = await subscribersOf(topology)
      return now.length === before.length && now.every((id) => !before.includes(id))
    }
    expect(await until(isBack, { timeoutMs: 10_000, everyMs: 5 })).toBe(true)
    await becomes(here, "on")
    expect(await here.proved()).toBe(true)
    await untilSeen(here, () => send(topology, "DEL", valueKey))
  })

  test.each(cells)("%s: a user who may not is told so, and all else works", async (client) => {
    const usual = [...documented, ...(name === "cluster" ? forClusters : [])]
    const allow = (...permissions: string[]): Promise<void> =>
      send(topology, "ACL", "SETUSER", "shop", "reset", ...permissions)
    expect(forTracking.length).toBe(3)
    for (const missing of forTracking) {
      await allow(...usual, ...forTracking.filter((each) => each !== missing))
      const here = start(create(client, "shop:secret@"))
      expect(await becomes(here, "unavailable", /the server/)).toMatch(/NOPERM/)
      expect(await here.proved()).toBe(true)
      await source.commit("a")
      expect(await here.keeps("a")).toBe(true)
      const elsewhere = start(create(client, "shop:secret@"), { local: false })
      const version = await elsewhere.change("a")
      await pastTheBound()
      expect((await here.read("a")).version).toBe(version)
      const { ok, status, reasons, nearCaches } = await here.holdfast.health()
      expect({ ok, status, nearCaches }).toEqual({ ok: true, status: "degraded", nearCaches: [] })
      expect(reasons.some((reason) => reason.startsWith("Changes by others are not heard"))).toBe(true)
    }
    await allow(...usual, ...forTracking)
    await becomes(start(create(client, "shop:secret@")), "on")
  })

  test("GLIDE: it is unavailable, and health says why", async () => {
    const events: string[] = []
    const onEvent = (event: HoldfastEvent): void => {
      if (event.name === "tracking") events.push(`${event.node.port} ${event.state}: ${event.why}`)
    }
    const here = start(create(clients[2]), { onEvent })
    const why = await becomes(here, "unavailable", /the client does not hand on/)
    expect(events).toContain(why.replace(/^[^:]*:(\d+):/, "$1 unavailable:"))
    expect(events.length).toBe(topology.servers.length)
    expect(await here.proved()).toBe(true)
    await source.commit("a")
    expect(await here.keeps("a")).toBe(true)
  })
})

test.each(clients.slice(0, 2))("%s: a reply that a write by others overtakes is not kept", async (client) => {
  const topology = await standalone()
  try {
    const seed = Number(process.env["HOLDFAST_SEED"] ?? Date.now() % 1_000_000)
    const random = seededRandom(seed)
    const here = start(topology.through(client))
    const elsewhere = start(topology.direct(client), { local: false })
    await becomes(here, "on")
    expect(await here.proved()).toBe(true)
    const late = { is: "delay", delayMs: 2, jitterMs: 8, seed: Math.floor(random.float() * 1e6) } as const
    topology.setOnly("others", { ...late, direction: "replies" })
    const counts = { old: 0, stale: 0 }
    for (let round = 0; round < 40; round += 1) {
      const keys = Array.from({ length: 20 }, (_none, at) => `k${round}-${at}`)
      for (const key of keys) await source.commit(key)
      await Promise.all(keys.map((key) => elsewhere.cache.get(key)))
      for (const key of keys) await source.commit(key)
      const reads = keys.map((key) => sleep(random.float() * 12).then(() => here.read(key)))
      await sleep(random.float() * 12)
      await send(topology, "DEL", ...keys.map((key) => `${namespace}:{row:${key}}`))
      counts.old += (await Promise.all(reads)).filter(({ version }) => version === 1).length
      await sleep(20)
      counts.stale += (await Promise.all(keys.map((key) => here.read(key)))).filter(
        ({ version }) => version === 1,
      ).length
    }
    console.log(`${client}, seed ${seed}: ${counts.old} of 800 reads got the old value, ${counts.stale} later ones`)
    expect(counts.old).toBeGreaterThan(0)
    // News that a busy machine brings late is late, and no more.
    await pastTheBound()
    const after = Array.from({ length: 800 }, (_none, at) => `k${Math.floor(at / 20)}-${at % 20}`)
    const versions = await Promise.all(after.map(async (key) => (await here.read(key)).version))
    expect(versions.filter((version) => version !== 2)).toEqual([])
  } finally {
    await Promise.all(open.splice(0).map(({ holdfast }) => holdfast.close()))
    await topology.stop()
  }
})
