import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, glob, type Holdfast, type PuttableCache } from "holdfast"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { clusterCells } from "../cells.ts"
import { documentedPermissions, type DocumentedNeed } from "../documented-permissions.ts"
import { askAllTheTime, endMoves, keysIn, moveSlots, primariesOf, stock, type Took } from "./key-crowd.ts"

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const count = isDeep ? 1_000_000 : 50_000
/** As many are entries that the cache itself has written; what the others hold does not matter to a sweep. */
const entries = count / 50
const testMs = isDeep ? 600_000 : 180_000

const [cell] = clusterCells
let cluster: RedisCluster
let holdfast: Holdfast
let rows: PuttableCache<string, string>
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3 })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  await Promise.all(cluster.nodes.map((node) => node.command("FLUSHALL")))
  await stock(cell?.create(cluster.urls), "crowd", count)
  holdfast = createHoldfast({ redis: cell?.create(cluster.urls), namespace: "crowd", commandTimeout: "5s" })
  rows = holdfast.cache<string, string>({ name: "row", ttl: "1h", local: false })
  for (let number = 0; number < entries; number += 500)
    await Promise.all(Array.from({ length: 500 }, (_none, at) => rows.put(`r${number + at}`, `row ${number + at}`)))
}, testMs)
afterEach(async () => {
  await endMoves()
  await holdfast.close()
})

test(
  "scan misses no key that is there throughout, and brings none twice",
  async () => {
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
  "invalidatePattern leaves no entry that matches, and the others, and others are served meanwhile",
  async () => {
    const others = holdfast.cache<string, string>({ name: "other", ttl: "1h", local: false })
    for (const key of ["a", "b", "c"]) await others.put(key, "stays")
    expect(await rows.peek(`r${entries - 1}`)).toBe(`row ${entries - 1}`)
    const nodes = await primariesOf(cluster)
    const without = await measured(nodes, () => sleep(1000))
    let rounds = 0
    const onProgress = ({ round }: { readonly round: number }): void => void (rounds = Math.max(rounds, round))
    const deliveries: unknown[] = []
    const during = await measured(nodes, async () =>
      deliveries.push(await rows.invalidatePattern(glob`r*`, { onProgress })),
    )
    const perSecond = Math.round((count * 1000) / during.tookMs)
    console.log(`invalidatePattern: ${count} keys, ${perSecond}/s, at most ${rounds} rounds`)
    expect(deliveries[0]).toEqual({ matched: count, invalidated: count, journalled: 0, delivered: true })
    const left = await Promise.all(nodes.map((node) => node.command("KEYS", "crowd:{row:*")))
    expect(left.flat()).toEqual([])
    expect(await rows.peek(`r${entries - 1}`)).toBeUndefined()
    for (const key of ["a", "b", "c"]) expect(await others.peek(key)).toBe("stays")
    expectServed(without, during, "invalidation")
  },
  testMs,
)

test(
  "a dry run changes nothing, and others are served meanwhile",
  async () => {
    const nodes = await primariesOf(cluster)
    const before = await keysIn(nodes)
    const without = await measured(nodes, () => sleep(1000))
    const answers = new Set<number>()
    const scans = await measured(nodes, async () => {
      const { matched, invalidated } = await rows.invalidatePattern(glob`*`, { dryRun: true })
      expect(invalidated).toBe(0)
      answers.add(matched)
    })
    // Together, so that a failure tells keys that were missed from keys that are gone.
    expect({ matched: [...answers], keys: await keysIn(nodes) }).toEqual({ matched: [count], keys: before })
    expectServed(without, scans, "scans")
  },
  testMs,
)

test(
  "the user that the reference describes can sweep while slots move, without listing them once they rest, and without SCAN never",
  async () => {
    const needs: DocumentedNeed[] = ["cluster", "patterns", "moving slots"]
    const all = documentedPermissions(needs, "crowd")
    const without = (right: string): string[] => all.filter((each) => each !== right)
    const sweptBy = async (permissions: readonly string[]): Promise<unknown> => {
      await Promise.all(cluster.nodes.map((node) => node.command("ACL", "SETUSER", "shop", "reset", ...permissions)))
      const urls = cluster.urls.map((url) => url.replace("//", "//shop:secret@"))
      await using user = createHoldfast({ redis: cell?.create(urls), namespace: "crowd", commandTimeout: "5s" })
      const swept = user.cache<string, string>({ name: "row", ttl: "1h", local: false })
      return await swept.invalidatePattern(glob`r1*`, { dryRun: true }).catch((error: unknown) => error)
    }
    const matched = Array.from({ length: count }, (_none, at) => `r${at}`).filter((key) => key.startsWith("r1")).length
    const moving = moveSlots(cluster, await primariesOf(cluster))
    const whileMoving = await sweptBy(all)
    expect(await moving.end()).toBeGreaterThan(0)
    expect(whileMoving).toMatchObject({ matched })
    expect(await sweptBy(without("+cluster|getkeysinslot"))).toMatchObject({ matched })
    expect(await sweptBy(without("+scan"))).toMatchObject({ code: "SWEEP_INCOMPLETE" })
  },
  testMs,
)

interface Measured {
  readonly tookMs: number
  readonly moved: number
  readonly ping: Took
  readonly get: Took
}

/** How others are served while this is done, and done again until some slots have moved and some have asked. */
async function measured(nodes: readonly RedisProcess[], work: () => Promise<unknown>): Promise<Measured> {
  const moving = moveSlots(cluster, nodes)
  const others = askAllTheTime(cell?.create(cluster.urls), "crowd")
  const ended = async () => ({ ...(await others.end()), moved: await moving.end() })
  const startedMs = performance.now()
  try {
    do await work()
    while (moving.moved() < 5 || others.asked() < 200)
  } catch (error) {
    await ended()
    throw error
  }
  return { tookMs: performance.now() - startedMs, ...(await ended()) }
}

/** Nobody waits for the whole sweep: in the same process on a busy machine, so the bound is as loose as all of its kind. */
function expectServed(without: Measured, during: Measured, sweep: string): void {
  console.log([told("no sweep", without), told(sweep, during)].join("\n"))
  expect(Math.min(without.moved, during.moved)).toBeGreaterThan(0)
  expect(during.get.p99).toBeLessThan(4 * without.get.p99 + 1000)
  expect(during.ping.p99).toBeLessThan(4 * without.ping.p99 + 1000)
}

function told(what: string, { tookMs, moved, ping, get }: Measured): string {
  const figures = (name: string, { count: times, p50, p99 }: Took): string =>
    `${name} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${times}`
  return `${count} keys, while ${moved} slots move, ${what}: ${figures("GET", get)}; ${figures("PING", ping)} in ${Math.round(tookMs)} ms`
}
