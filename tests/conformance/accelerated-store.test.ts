import { startRedis, type RedisProcess } from "@holdfast/servers"
import fc from "fast-check"
import { compareStores, EntryAddress, storeConformance, systemRandom, type StoreSubject } from "holdfast/testing"
import type { LeaseGrant } from "holdfast"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientCell, clientRows } from "../cells.ts"
import { serverCells, type ServerCell } from "../server-cells.ts"
import { notRun, runCases } from "./matrix.ts"
import { histories } from "./store-histories.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

const since: readonly (readonly [feature: string, engine: string, version: readonly [number, number]])[] = [
  ["DELEX", "redis", [8, 4]],
  ["SET IFEQ", "redis", [8, 4]],
  ["DELIFEQ", "valkey", [9, 0]],
  ["SET IFEQ", "valkey", [8, 1]],
]

/** The newer commands that a release is known to have. */
function featuresOf({ binary }: ServerCell): readonly string[] {
  const [major = 0, minor = 0] = binary.version.split(".").map(Number)
  return since
    .filter(
      ([, engine, [least, lesser]]) =>
        engine === binary.engine && (major > least || (major === least && minor >= lesser)),
    )
    .map(([feature]) => feature)
}

const newer = serverCells.filter((cell) => featuresOf(cell).length > 0)
const older = serverCells.filter((cell) => featuresOf(cell).length === 0)
const named = (cells: readonly ServerCell[]) => cells.map((cell) => [cell.name, cell] as const)
const rowOf = ({ name }: ServerCell) => ({ row: "redis 6, standalone, scripts only", column: name })

describe.each(named(serverCells))("the newer commands of %s", (_name, cell) => {
  const features = featuresOf(cell)
  const { redis, open } = onA(cell)

  test.each(clientRows)("%s finds them, and health tells", async (_client, { create }) => {
    const subject = await redisSubject(redis(), create(redis().url), "found")
    const [node] = await subject.store.health()
    await subject.close()
    expect(node?.server?.toLowerCase()).toBe(cell.name)
    expect(node?.features.toSorted()).toEqual(features)
  })

  test("a store uses those that are there, and none if it must not", async () => {
    const gives = features.find((feature) => feature.startsWith("DEL"))?.toLowerCase()
    // Two leases are asked for, one is given back and one extended; there is at most one newer command for each of these.
    expect(await callsOf(redis(), await open("scripts", false))).toEqual({ script: 4 })
    expect(await callsOf(redis(), await open("native", true))).toEqual({
      script: 4 - features.length,
      ...(gives !== undefined && { [gives]: 1 }),
    })
  })
})

describe.each(named(newer))("%s, which has newer commands", (_name, cell) => {
  const { redis, open } = onA(cell)

  describe("does as well without them", () => {
    let opened = 0
    const cases = storeConformance(() => open(`twins-${++opened}`, false))
    runCases(cases, rowOf(cell))
  })

  test("a store that uses them answers every history as the in-process store does", async () => {
    const numRuns = process.env["HOLDFAST_DEEP"] === undefined ? 60 : 3000
    const right = await open("agree", true)
    const alike = fc.asyncProperty(histories, async (steps) => {
      const left = memorySubject()
      await compareStores(left, right, steps)
      await left.close()
    })
    const outcome = await fc.check(alike, { numRuns })
    await right.close()
    expect(outcome.failed, fc.defaultReportMessage(outcome)).toBe(false)
  }, 600_000)

  test("a user who may not use them has the scripts", async () => {
    const denied = featuresOf(cell).flatMap((feature) => (feature === "SET IFEQ" ? [] : [`-${feature.toLowerCase()}`]))
    await redis().command("ACL", "SETUSER", "narrow", "reset", ..."on >secret ~* &* +@all".split(" "), ...denied)
    const url = `redis://narrow:secret@${redis().host}:${redis().port}`
    const subject = await redisSubject(redis(), clientCell("redis 6").create(url), "narrow")
    await giveBack(subject)
    const [node] = await subject.store.health()
    await giveBack(subject)
    await subject.close()
    expect(node?.features).toEqual(["SET IFEQ"])
  })
})

if (older.length > 0) {
  const reason = "these servers have none of the newer commands: every other row is without them"
  notRun("the suite with newer commands switched off", reason, older.map(rowOf))
}

if (newer.length === 0) {
  const reason = "no server here has SET IFEQ: `sh tools/get-servers.sh DIR` fetches some, for HOLDFAST_SERVERS"
  notRun("the suite with newer commands", reason, [])
}

/** Starts a server of this release for the tests of a block, and stops it after them. */
function onA({ binary }: ServerCell) {
  let server: RedisProcess | undefined
  beforeAll(async () => {
    server = await startRedis({ binary })
  })
  afterAll(() => server?.stop())
  const redis = (): RedisProcess => {
    if (server === undefined) throw new Error("The server of this block was not started.")
    return server
  }
  const open = (namespace: string, accelerate: boolean): Promise<StoreSubject> =>
    redisSubject(redis(), clientCell("redis 6").create(redis().url), namespace, { accelerate })
  return { redis, open }
}

/** Has a lease extended. */
async function extend({ store }: StoreSubject): Promise<void> {
  const address = anAddress()
  const grant = await win(store, address)
  expect(await store.extendLease(grant, 45_000)).toBe("held")
  const { lease } = await store.inspect(address)
  expect(lease?.remainingMs).toBeGreaterThan(40_000)
  expect(lease?.remainingMs).toBeLessThanOrEqual(45_010)
}

/** Has a lease given back. */
async function giveBack({ store }: StoreSubject): Promise<void> {
  const address = anAddress()
  await store.releaseLease(await win(store, address), "abandoned")
  expect((await store.inspect(address)).lease).toBeUndefined()
}

const anAddress = (): EntryAddress => new EntryAddress(`native:{entry:${systemRandom.token()}}`)

async function win(store: StoreSubject["store"], address: EntryAddress): Promise<LeaseGrant> {
  const answer = await store.lease(address, { token: systemRandom.token(), leaseMs: 30_000, rejected: undefined })
  if (answer.is !== "win") throw new Error(`expected a lease, got ${answer.is}`)
  return answer.grant
}

/** How many scripts, in either form, and newer commands a store sends for two leases; then it is closed. */
async function callsOf(redis: RedisProcess, subject: StoreSubject): Promise<Record<string, number>> {
  await giveBack(subject)
  await extend(subject)
  await redis.command("CONFIG", "RESETSTAT")
  await giveBack(subject)
  await extend(subject)
  await subject.close()
  const calls: Record<string, number> = {}
  const stats = String(await redis.command("INFO", "commandstats"))
  for (const [, name = "", count] of stats.matchAll(/^cmdstat_(evalsha|delex|delifeq):calls=(\d+)/gm))
    calls[name === "evalsha" ? "script" : name] = Number(count)
  return calls
}
