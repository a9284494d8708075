import { expect, test } from "vitest"
import { entryAddress } from "../entry/key.ts"
import { testBed } from "./cache.fixture.ts"

test("an entry of another format is served past, is not overwritten for 30 s, and then it is", async () => {
  const { holdfast, store, clock } = testBed()
  let loads = 0
  const cache = holdfast.cache({ name: "item", ttl: "10m", load: async (_id: string) => ++loads })
  await cache.get("a")
  const address = entryAddress("test", "item", "a")
  const ours = await store.look(address)
  await store.invalidate(address, { mode: "drop", graceMs: 0, version: undefined, tombstoneMs: 0 })
  const answer = await store.lease(address, { token: "e".repeat(32), leaseMs: 1000, rejected: undefined })
  if (answer.is !== "win" || ours === undefined) throw new Error("expected an entry, and then a lease")
  await store.fill(answer.grant, { bytes: Buffer.from(ours.with(2, 9)), keepMs: 600_000 })

  expect([await cache.get("a"), await cache.get("a")]).toEqual([2, 3])
  await clock.advance(29_000)
  expect(await cache.get("a")).toBe(4)
  await clock.advance(1_000)
  expect([await cache.get("a"), await cache.get("a")]).toEqual([5, 5])
})
