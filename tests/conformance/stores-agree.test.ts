import { startRedis, type RedisProcess } from "@holdfast/servers"
import fc from "fast-check"
import { compareStores, type StoreStep } from "holdfast/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const version = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
const short = fc.integer({ min: 0, max: 7 }).map((draw) => draw === 0)
const entry = { entry: fc.constantFrom("fresh", "stale", "stale", "garbage"), entryVersion: version, short }
const change = { mode: fc.constantFrom("drop", "expire"), version, short }
const one = fc.nat(5)

type Fields<Does extends StoreStep["does"]> = {
  [Name in keyof Omit<Extract<StoreStep, { does: Does }>, "does">]: fc.Arbitrary<
    Extract<StoreStep, { does: Does }>[Name]
  >
}

function step<Does extends StoreStep["does"]>(weight: number, does: Does, fields: Fields<Does>) {
  return { weight, arbitrary: fc.record({ does: fc.constant(does), ...fields }) as unknown as fc.Arbitrary<StoreStep> }
}

const history = fc.array(
  fc.oneof(
    step(5, "lease", { short, rejects: fc.boolean() }),
    step(1, "extend-lease", { grant: one }),
    step(1, "release-lease", { grant: one, failed: fc.boolean() }),
    step(5, "fill", { grant: one, ...entry }),
    step(2, "invalidate", change),
    step(3, "open-window", { short }),
    step(1, "extend-window", { window: one }),
    step(3, "close-window", { window: one, empty: fc.boolean(), ...entry, ...change }),
    step(2, "put", { ...entry, ...change }),
    step(1, "evict", { what: fc.constantFrom("value", "control") }),
  ),
  { minLength: 1, maxLength: 30 },
)

// The in-process store stands in for the server in unit tests and simulations; this is why it may.
test("the in-process store and the Redis store answer every history alike", async () => {
  const numRuns = process.env["HOLDFAST_DEEP"] === undefined ? 60 : 3000
  const right = await redisSubject(redis, clientCell("redis 6").create(redis.url), "agree")
  const alike = fc.asyncProperty(history, async (steps) => {
    const left = memorySubject()
    await compareStores(left, right, steps)
    await left.close()
  })
  const { failed, seed, counterexamplePath, counterexample, errorInstance } = await fc.check(alike, { numRuns })
  await right.close()
  const cause = errorInstance instanceof Error ? errorInstance.message : ""
  expect(failed, `seed ${seed}, path ${counterexamplePath}, ${JSON.stringify(counterexample)}\n${cause}`).toBe(false)
}, 600_000)
