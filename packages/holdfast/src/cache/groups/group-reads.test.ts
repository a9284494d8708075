import { expect, test } from "vitest"
import { entryAddress } from "../../entry/key.ts"
import { HeldCoherence } from "../../near/near.fixture.ts"
import { nearTier } from "../../near/near-tier.ts"
import { overriding, testBed } from "../cache.fixture.ts"
import { GroupReads } from "./group-reads.ts"

const policy = { ttl: "60s", jitter: "0%" } as const

/** Reads of which this share is of one group, and the rest of as many groups as there are reads. */
function reads(share: number, count = 2000): GroupReads {
  const groups = new GroupReads()
  for (let at = 0; at < count; at += 1) {
    const group = (at * 0.618) % 1 < share ? "hot" : `user:${at}`
    groups.count(entryAddress("test", "cart", "a", group))
  }
  return groups
}

test.each([
  [3, 0.2, true],
  [3, 0.12, false],
  [30, 0.06, true],
  [1000, 0.06, true],
  [1, 0.9, false],
])("on %i servers a group with %f of the reads is hot: %s", (servers, share, isHot) => {
  const { groups, reads: count } = reads(share).report(servers)
  expect(count).toBe(2000)
  expect(groups).toHaveLength(10)
  expect(groups[0]).toMatchObject({ group: "hot", slot: entryAddress("test", "x", "1", "hot").slot, isHot })
  expect(groups[0]?.share).toBeGreaterThan(share - 0.03)
  expect(groups.filter((group) => group.isHot)).toHaveLength(isHot ? 1 : 0)
})

test("nothing is hot before there was enough to see", () => {
  const { hotShare, groups } = reads(0.9, 999).report(3)
  expect([hotShare, groups.some(({ isHot }) => isHot)]).toEqual([undefined, false])
  expect(reads(0.9, 999).largestShare).toBeUndefined()
})

test("reads of entries without a group count for the shares", () => {
  const groups = reads(0.9, 1000)
  for (let at = 0; at < 1000; at += 1) groups.count(entryAddress("test", "product", String(at)))
  expect(groups.report(3).groups[0]?.share).toBeCloseTo(0.45, 1)
})

test("health tells of hot slots of a cluster without naming the group, and advice of a cache that has one group", async () => {
  const server = { node: "n", provedAgoMs: 0, why: undefined }
  const coherence = Object.assign(new HeldCoherence(), { states: () => [server, server, server] })
  const { holdfast } = testBed((store) => overriding(store, { coherence }))
  const cache = holdfast.cache({ ...policy, name: "cart", load: async (id: string) => id, group: () => "tenant:1" })
  for (let read = 0; read < 1000; read += 1) await cache.get(String(read % 50))
  const { slot } = cache.entry("1")
  expect(holdfast.groups().groups).toMatchObject([{ group: "tenant:1", slot, share: 1, isHot: true }])
  const { status, ok, hotSlots, reasons } = await holdfast.health()
  expect({ status, ok, hotSlots }).toEqual({ status: "degraded", ok: true, hotSlots: [slot] })
  expect(reasons).toEqual([`Slot ${slot} holds a group that too many reads go to: groups() names it.`])
  const [advice] = holdfast.advise()
  expect(advice?.findings.map(({ id }) => id)).toContain("one-group-has-most-reads")
})

test("what is served from this process is not counted", async () => {
  const { holdfast } = testBed(undefined, { nearTier })
  const cache = holdfast.cache({ ...policy, name: "cart", load: async (id: string) => id, group: () => "tenant:1" })
  for (let read = 0; read < 100; read += 1) await cache.get("1")
  expect(cache.stats().nearHits).toBe(99)
  expect(holdfast.groups().reads).toBe(1)
})
