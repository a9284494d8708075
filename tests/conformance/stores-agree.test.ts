import { startRedis, type RedisProcess } from "@holdfast/servers"
import fc from "fast-check"
import { compareStores, compareTags, EntryAddress, type StoreSubject } from "holdfast/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { histories } from "./store-histories.ts"
import { tagHistories } from "./tag-histories.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

// The in-process store stands in for the server in unit tests and simulations; this is why it may.
test("the in-process store and the Redis store answer every history of an entry alike", async () => {
  await expectAlike(histories, compareStores)
}, 600_000)

test("the in-process store and the Redis store answer every history of tags alike", async () => {
  await expectAlike(tagHistories, compareTags)
}, 600_000)

async function expectAlike<Step>(
  arbitrary: fc.Arbitrary<Step[]>,
  compare: (left: StoreSubject, right: StoreSubject, steps: readonly Step[]) => Promise<void>,
): Promise<void> {
  const numRuns = process.env["HOLDFAST_DEEP"] === undefined ? 60 : 3000
  const right = byItsOwnTime(await redisSubject(redis, clientCell("redis 6").create(redis.url), "agree"))
  const alike = fc.asyncProperty(arbitrary, async (steps) => {
    const left = memorySubject()
    await compare(left, right, steps)
    await left.close()
  })
  const { failed, seed, counterexamplePath, counterexample, errorInstance } = await fc.check(alike, { numRuns })
  await right.close()
  const cause = errorInstance instanceof Error ? errorInstance.message : ""
  expect(failed, `seed ${seed}, path ${counterexamplePath}, ${JSON.stringify(counterexample)}\n${cause}`).toBe(false)
}

/** An inspection tells what is over by what the store takes for the time of the server, here that of this machine: behind it by as much as the answer to its first question was late. */
function byItsOwnTime(subject: StoreSubject): StoreSubject {
  const behindMs = Math.max(0, Date.now() - subject.store.now(new EntryAddress("agree:{any}")))
  return { ...subject, advance: (ms) => subject.advance(ms + behindMs) }
}
