import fc from "fast-check"
import { expect, test } from "vitest"
import { redisConnection } from "../../connection/redis-connection.ts"
import type { RedisReply } from "../../contracts/redis-client.ts"
import { beginTag } from "../../scripts/generated/begin-tag.ts"
import { completeTag } from "../../scripts/generated/complete-tag.ts"
import { fill } from "../../scripts/generated/fill.ts"
import { invalidate } from "../../scripts/generated/invalidate.ts"
import { lease } from "../../scripts/generated/lease.ts"
import { tagClock } from "../../scripts/generated/tag-clock.ts"
import { redisStore } from "../../stores/redis/redis-store.ts"
import { ScriptedServer } from "../../testing/scripted-server.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { createHoldfast } from "./create-holdfast.ts"

const deadlineMs = 250
const loadMs = 40
const latencyMs = 1

/** A server that keeps values and grants every lease: enough of Redis for one process that reads. */
function keeping(
  entries: Map<string, Buffer>,
  onCommand: (name: string) => void,
): (args: readonly string[]) => RedisReply {
  return ([name = "", ...args]) => {
    const called = name === "GET" || name === "MGET" ? name : nameOf(args[0])
    onCommand(called)
    const [key = "", , , entry = ""] = args.slice(2)
    if (called === "GET") return entries.get(args[0] ?? "") ?? null
    if (called === "MGET") return args.map((each) => entries.get(each) ?? null)
    if (called === "invalidate") entries.delete(key)
    if (called === "fill") entries.set(key, Buffer.from(entry, "latin1"))
    if (called === "complete-tag") entries.set(key, Buffer.from(`${era} 0 ${incarnation}`))
    return called === "lease" ? [Buffer.from("win")] : Buffer.from(answers[called] ?? "held")
  }
}

const era = "e".repeat(32)
const incarnation = "1".repeat(32)
const answers: Readonly<Record<string, string>> = {
  fill: "stored",
  invalidate: "invalidated",
  "tag-clock": `${era} 0`,
  "begin-tag": `- 0 ${incarnation}`,
  "complete-tag": "complete",
}
const scripts = [lease, fill, invalidate, tagClock, beginTag, completeTag]

function nameOf(sha1: string | undefined): string {
  return scripts.find((script) => script.sha1 === sha1)?.name ?? "other"
}

interface Bed {
  readonly clock: VirtualClock
  readonly server: ScriptedServer
  readonly cache: {
    get(key: string): Promise<string | undefined>
    invalidate(key: string): Promise<unknown>
    stats(): { hits: number }
  }
  /** Called with the name of every command and script before it is answered. */
  onCommand: (name: string) => void
  /** How long a read takes from now on, in virtual milliseconds. */
  timed(key: string): Promise<number>
}

async function connected(seed = 1): Promise<Bed> {
  const clock = virtualClock()
  const random = seededRandom(seed)
  const server = new ScriptedServer(clock)
  server.latencyMs = latencyMs
  const connection = redisConnection({ client: server.client, clock, random, commandTimeoutMs: deadlineMs })
  const holdfast = createHoldfast({
    namespace: "frozen",
    clock,
    random,
    store: redisStore({ connection, namespace: "frozen", clock, random }),
  })
  const load = (key: string): Promise<string> =>
    new Promise((resolve) => void clock.setTimeout(() => resolve(`value of ${key}`), loadMs))
  const bed: Bed = {
    clock,
    server,
    cache: holdfast.cache({ name: "row", ttl: "60s", load }),
    onCommand: () => {},
    timed: async (key) => {
      const startedMs = clock.monotonic()
      expect(await bed.cache.get(key)).toBe(`value of ${key}`)
      return clock.monotonic() - startedMs
    },
  }
  server.answer = keeping(new Map(), (name) => bed.onCommand(name))
  await clock.advance(10)
  return bed
}

test("a read that begins while the server is frozen takes one deadline and one load, to the millisecond", async () => {
  const { clock, server, timed } = await connected()
  server.freeze()
  expect(await clock.runUntil(timed("a"))).toBe(deadlineMs + loadMs)
})

test.each([
  ["its look", "MGET", deadlineMs + loadMs],
  ["its lease", "lease", latencyMs + deadlineMs + loadMs],
  ["the tag clock", "tag-clock", 2 * latencyMs + deadlineMs + loadMs],
  ["its tags", "begin-tag", 3 * latencyMs + loadMs + deadlineMs],
  ["the end of its tags", "complete-tag", 5 * latencyMs + loadMs + deadlineMs],
  ["its fill", "fill", 6 * latencyMs + loadMs + deadlineMs],
])("a read that the server freezes at %s takes one deadline and one load", async (_what, at, expectedMs) => {
  const bed = await connected()
  const { clock, server } = bed
  const answer = server.answer
  let frozen = false
  server.answer = (args, link) => {
    const reply = answer(args, link)
    return frozen ? "never" : reply
  }
  bed.onCommand = (name) => {
    if (name !== at) return
    frozen = true
    server.freeze()
  }
  expect(await clock.runUntil(bed.timed("a"))).toBe(expectedMs)
})

test("a read that waits for another process's load when the server freezes is answered after its wait, one deadline and one load", async () => {
  const longestWaitMs = 2000
  for (let seed = 1; seed <= 20; seed += 1) {
    const bed = await connected(seed)
    const { clock, server } = bed
    const answer = server.answer
    server.answer = (args, link) => (nameOf(args[1]) === "lease" ? [Buffer.from("wait")] : answer(args, link))
    const reading = bed.timed("a")
    await clock.advance(2 * latencyMs)
    server.freeze()
    const tookMs = await clock.runUntil(reading)
    expect(tookMs).toBeLessThanOrEqual(2 * latencyMs + longestWaitMs + deadlineMs + loadMs)
  }
})

/** What happens while the server is frozen: reads and invalidations of a few keys, at any time. */
const traffic = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 120 }),
    key: fc.constantFrom("a", "b", "c"),
    does: fc.constantFrom("read", "read", "read", "invalidate"),
  }),
  { minLength: 1, maxLength: 60 },
)

test("whenever readers come while the server is frozen, none waits for more than the load it found under way and its own", async () => {
  const boundMs = 2 * (deadlineMs + loadMs)
  const property = fc.asyncProperty(traffic, fc.integer(), async (events, seed) => {
    const { clock, server, cache, timed } = await connected(seed)
    for (const key of ["a", "b", "c"]) await clock.runUntil(timed(key))
    server.freeze()
    const reads: Promise<number>[] = []
    const invalidations: Promise<unknown>[] = []
    for (const { afterMs, key, does } of events) {
      await clock.advance(afterMs)
      if (does === "read") reads.push(timed(key))
      else invalidations.push(cache.invalidate(key))
    }
    const tookMs = await clock.runUntil(Promise.all(reads), boundMs)
    expect(Math.max(0, ...tookMs)).toBeLessThanOrEqual(boundMs)
    await clock.runUntil(Promise.all(invalidations), deadlineMs)
    server.thaw()
    await clock.advance(30_000)
    const { hits } = cache.stats()
    for (const key of ["a", "b", "c"]) await clock.runUntil(timed(key).then(() => timed(key)))
    expect(cache.stats().hits).toBeGreaterThanOrEqual(hits + 3)
  })
  await fc.assert(property, { numRuns: 100 })
})

test("once the breaker is open a read costs its load alone", async () => {
  const { clock, server, timed } = await connected()
  server.freeze()
  const reads: Promise<number>[] = []
  for (let count = 0; count < 8; count += 1) {
    reads.push(timed(`k${count}`))
    await clock.advance(1)
  }
  await clock.runUntil(Promise.all(reads))
  expect(await clock.runUntil(timed("late"))).toBe(loadMs)
})
