import { expect, test } from "vitest"
import type { RedisReply } from "../../../contracts/redis-client.ts"
import type { Generation, PrimaryServer } from "../../../contracts/redis-connection.ts"
import { HoldfastError } from "../../../errors/holdfast-error.ts"
import { seededRandom } from "../../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../../testing/virtual-clock.ts"
import { aGeneration, refused } from "../redis-store.fixture.ts"
import { scanServer } from "./server-scan.ts"

type Answer = (args: readonly string[], world: World) => RedisReply | HoldfastError

interface World {
  generation: Generation | undefined
  readonly cursors: string[]
  readonly counts: number[]
}

interface Scene {
  readonly clock: VirtualClock
  readonly world: World
  readonly names: string[]
  scan(signal?: AbortSignal): Promise<string | undefined>
}

function scene(answer: Answer, took: number | (() => number) = 1): Scene {
  const clock = virtualClock()
  const world: World = { generation: aGeneration("run-1"), cursors: [], counts: [] }
  const names: string[] = []
  const server: PrimaryServer = {
    node: { host: "h", port: 1 },
    get generation() {
      return world.generation
    },
    command: async (args, { generation, onSend } = {}) => {
      if (generation !== world.generation) throw new HoldfastError("GENERATION_CHANGED", "Another.")
      if (generation !== undefined) onSend?.(generation)
      world.cursors.push(String(args[1]))
      world.counts.push(Number(args[5]))
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, typeof took === "number" ? took : took()))
      const reply = answer(args.map(String), world)
      if (reply instanceof HoldfastError) throw reply
      return reply
    },
  }
  const scan = (signal = new AbortController().signal): Promise<string | undefined> => {
    const sweep = { pattern: "p*", pace: { budgetMs: 2, share: 0.5 }, signal }
    const onNames = async (found: readonly string[]): Promise<void> => void names.push(...found)
    return clock.runUntil(scanServer({ server, sweep, clock, random: seededRandom(1), onNames }))
  }
  return { clock, world, names, scan }
}

const page = (cursor: string, ...names: string[]): RedisReply => [
  Buffer.from(cursor),
  names.map((name) => Buffer.from(name)),
]

test("a walk ends when the cursor is 0 again, and says on which run it was", async () => {
  const { scan, names, world } = scene(([, cursor]) => (cursor === "0" ? page("5", "a", "b") : page("0", "c")))
  expect(await scan()).toBe("run-1")
  expect([names, world.cursors]).toEqual([
    ["a", "b", "c"],
    ["0", "5"],
  ])
})

test("a cursor is never shown to another run: the walk begins anew", async () => {
  const { scan, names, world } = scene(([, cursor], { cursors }) => {
    if (cursors.length === 1) {
      world.generation = aGeneration("run-2")
      return page("5", "a")
    }
    return cursor === "0" ? page("7", "b") : page("0", "c")
  })
  expect(await scan()).toBe("run-2")
  expect([names, world.cursors]).toEqual([
    ["a", "b", "c"],
    ["0", "0", "7"],
  ])
})

test("another socket to the same run goes on with the cursor", async () => {
  const { scan, world } = scene(([, cursor]) => {
    world.generation = aGeneration("run-1")
    return cursor === "0" ? page("5") : page("0")
  })
  expect(await scan()).toBe("run-1")
  expect(world.cursors).toEqual(["0", "5"])
})

test("what fails is tried again, after a timeout with less at one time", async () => {
  const failures = [
    new HoldfastError("COMMAND_TIMEOUT", "Late."),
    new HoldfastError("CONNECTION_CLOSED", "Gone."),
    refused("LOADING"),
  ]
  const { scan, world } = scene(() => failures.shift() ?? page("0"))
  expect(await scan()).toBe("run-1")
  expect(world.counts).toEqual([100, 25, 25, 25])
})

test("a server that fails for too long ends the sweep, and so does at once one that does not permit it", async () => {
  const dead = scene(() => new HoldfastError("STORE_UNAVAILABLE", "Away."))
  const startedMs = dead.clock.monotonic()
  await expect(dead.scan()).rejects.toMatchObject({ code: "SWEEP_INCOMPLETE", facts: { reason: "STORE_UNAVAILABLE" } })
  expect(dead.clock.monotonic() - startedMs).toBeGreaterThan(20_000)
  const forbidden = scene(
    () => new HoldfastError("SERVER_REFUSED", "No.", { facts: { reply: "NOPERM", permission: "+scan" } }),
  )
  await expect(forbidden.scan()).rejects.toMatchObject({
    code: "SWEEP_INCOMPLETE",
    facts: { permission: "+scan", reason: "the user lacks the permission +scan" },
  })
  expect(forbidden.world.cursors.length).toBe(1)
})

test("a server that has left the cluster has no run", async () => {
  const { scan } = scene(() => new HoldfastError("CLOSED", "It owns no slots any more."))
  expect(await scan()).toBeUndefined()
})

test("a reply that is none is no end of the walk", async () => {
  const { scan } = scene(() => Buffer.from("OK"))
  await expect(scan()).rejects.toMatchObject({ code: "SWEEP_INCOMPLETE", facts: { reason: "SERVER_REFUSED" } })
})

test("an abort ends the rests and the tries at once", async () => {
  const stop = new AbortController()
  const reason = new Error("enough")
  const { scan } = scene((_args, { cursors }) => {
    if (cursors.length === 3) stop.abort(reason)
    return cursors.length < 3 ? page("5") : new HoldfastError("STORE_UNAVAILABLE", "Away.")
  })
  await expect(scan(stop.signal)).rejects.toBe(reason)
})

test("a server is kept busy for no more than its share of the time", async () => {
  let calls = 0
  const { scan, clock, world } = scene(() => page(++calls < 40 ? "5" : "0"), 1)
  const startedMs = clock.monotonic()
  await scan()
  // All of a round trip that is no longer than the fastest is the way, and no work.
  expect(clock.monotonic() - startedMs).toBe(40)
  calls = 0
  let workMs = 0
  const slow = scene(
    () => page(++calls < 40 ? "5" : "0"),
    () => {
      const countMs = (slow.world.counts.at(-1) ?? 0) * 0.02
      workMs += calls === 0 ? 0 : countMs
      return calls === 0 ? 1 : 1 + countMs
    },
  )
  const slowMs = slow.clock.monotonic()
  await slow.scan()
  const restMs = slow.clock.monotonic() - slowMs - 40 - workMs
  expect(restMs / workMs).toBeCloseTo(1)
  expect(Math.max(...world.counts)).toBe(10_000)
})
