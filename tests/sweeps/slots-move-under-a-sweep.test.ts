import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, type RedisCluster } from "@holdfast/servers"
import { createHoldfast, glob, type Holdfast } from "holdfast"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { clusterCells } from "../cells.ts"
import { askAllTheTime, keysIn, moveSlots, primariesOf, stock } from "./key-crowd.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const count = isDeep ? 1_000_000 : 50_000
const testMs = isDeep ? 600_000 : 90_000

const [cell] = clusterCells
let cluster: RedisCluster
let holdfast: Holdfast
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3 })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  await Promise.all(cluster.nodes.map((node) => node.command("FLUSHALL")))
  await stock(cell?.create(cluster.urls), "crowd", count)
  holdfast = createHoldfast({ redis: cell?.create(cluster.urls), namespace: "crowd" })
}, testMs)
afterEach(() => holdfast.close())

const rowsOf = (from: Holdfast) => from.cache<string, string>({ name: "row", ttl: "1h", local: false })

test(
  "scan misses no key that is there throughout, and brings none twice",
  async () => {
    const rows = rowsOf(holdfast)
    const moving = moveSlots(cluster, await primariesOf(cluster))
    const found = new Set<string>()
    let [taken, rounds] = [0, 0]
    for await (const { key } of rows.scan({ onProgress: ({ round }) => (rounds = round) })) {
      found.add(String(key))
      taken += 1
      // Longer than the moves of some slots in all.
      if (taken % (count / 100) === 0) await sleep(30)
    }
    const moved = await moving.end()
    console.log(`scan: ${taken} keys in ${rounds} rounds while ${moved} slots moved`)
    const missed = Array.from({ length: count }, (_none, at) => `r${at}`).filter((key) => !found.has(key))
    expect(missed).toEqual([])
    expect(taken).toBe(count)
    expect(moved).toBeGreaterThan(20)
    expect(rounds).toBeGreaterThan(1)
  },
  testMs,
)

test(
  "invalidatePattern leaves no entry that matches, and the others",
  async () => {
    const rows = rowsOf(holdfast)
    const others = holdfast.cache<string, string>({ name: "other", ttl: "1h", local: false })
    for (const key of ["a", "b", "c"]) await others.put(key, "stays")
    const nodes = await primariesOf(cluster)
    const moving = moveSlots(cluster, nodes)
    const startedMs = performance.now()
    let rounds = 0
    const delivery = await rows.invalidatePattern(glob`r*`, { onProgress: ({ round }) => (rounds = round) })
    const tookMs = performance.now() - startedMs
    const moved = await moving.end()
    console.log(
      `invalidatePattern: ${count} keys in ${Math.round(tookMs)} ms, ${Math.round(count / tookMs)} k/s, ` +
        `last in ${rounds} rounds while ${moved} slots moved`,
    )
    expect(delivery).toEqual({ matched: count, invalidated: count, journalled: 0, delivered: true })
    const left = await Promise.all(nodes.map((node) => node.command("KEYS", "crowd:{row:*")))
    expect(left.flat()).toEqual([])
    for (const key of ["a", "b", "c"]) expect(await others.peek(key)).toBe("stays")
    expect(moved).toBeGreaterThan(5)
  },
  testMs,
)

test(
  "others are served meanwhile, and a dry run changes nothing",
  async () => {
    const rows = rowsOf(holdfast)
    const nodes = await primariesOf(cluster)
    const quiet = askAllTheTime(cell?.create(cluster.urls))
    await sleep(1000)
    const without = await quiet.end()
    const before = await keysIn(nodes)

    const watch = askAllTheTime(cell?.create(cluster.urls))
    const startedMs = performance.now()
    expect(await rows.invalidatePattern(glob`*`, { dryRun: true })).toMatchObject({ matched: count, invalidated: 0 })
    const scanMs = performance.now() - startedMs
    const during = await watch.end()
    expect(await keysIn(nodes)).toBe(before)

    const busy = askAllTheTime(cell?.create(cluster.urls))
    const invalidationMs = performance.now()
    await rows.invalidatePattern(glob`*`)
    const perSecond = Math.round((count * 1000) / (performance.now() - invalidationMs))
    const invalidating = await busy.end()
    const text = ({ p50, p99 }: { p50: number; p99: number }) => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`
    console.log(
      `PING beside it: without ${text(without)}; sweep ${text(during)}; invalidation ${text(invalidating)}; ` +
        `${count} keys swept in ${Math.round(scanMs)} ms, ${Math.round(count / scanMs)} k/s; invalidated ${perSecond}/s`,
    )
    // In the same process on a busy machine: what it shows is that nobody waits for the whole sweep.
    expect(Math.max(during.p99, invalidating.p99)).toBeLessThan(100)
  },
  testMs,
)
