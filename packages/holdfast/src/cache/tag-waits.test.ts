import { expect, test } from "vitest"
import { gatedSource, overriding, testBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const category = (): string[] => ["category:7"]

test("who is told of a stale entry that a tag has just killed is woken by the load under way, and does not wait in vain", async () => {
  const { memory, clock, peer } = testBed()
  let beforeLease = async (): Promise<unknown> => undefined
  const through = overriding(memory, {
    lease: async (address, request) => {
      await beforeLease()
      return memory.lease(address, request)
    },
  })
  const source = gatedSource<string>()
  const options = { name: "product", ...policy, grace: "10m", load: source.load, tags: category } as const
  const [loading, reading] = [peer().cache(options), peer(through).cache(options)]
  const first = loading.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("old")
  await first
  await clock.advance(61_000)
  expect(await loading.get("a")).toBe("old")
  await clock.settle()
  beforeLease = async () => {
    beforeLease = async () => undefined
    await peer().invalidateTags(category())
  }
  const answer = reading.get("a")
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("old")
  await clock.settle()
  expect(source.calls).toHaveLength(3)
  source.calls[2]?.gate.resolve("new")
  expect(await answer).toBe("new")
})
