import { expect, test } from "vitest"
import type { NearTierOptions, TagProof } from "../contracts/near-tier.ts"
import { EntryAddress } from "../entry/key.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { HeldCoherence } from "./near.fixture.ts"
import { nearTier } from "./near-tier.ts"

const address = new EntryAddress("shop:{product:42}")

function setup(own: Partial<NearTierOptions> = {}) {
  const clock = virtualClock()
  const coherence = new HeldCoherence()
  const tier = nearTier<unknown>({
    coherence,
    clock,
    maxStalenessMs: 2000,
    maxEntries: 10,
    maxBytes: 10_000,
    isolate: "freeze",
    prefix: "shop:{product:",
    ...own,
  })
  const keep = (value: unknown, lifeMs = 60_000, tags?: readonly TagProof[]): void => {
    const marker = tier.mark(address)
    if (marker === undefined) return
    const proofs = tags && { clock: { era: "e", counter: 1 }, tags }
    tier.keep(marker, { value, untilMs: clock.monotonic() + lifeMs, bytes: 100, proofs })
    tier.end(marker)
  }
  const found = (text = "42", isRaw = true): unknown => tier.find(text, isRaw)?.value
  return { clock, coherence, tier, keep, found }
}

test("what is kept is found until its time has come", async () => {
  const { clock, keep, found } = setup()
  keep("a", 1000)
  expect(found()).toBe("a")
  await clock.advance(999)
  expect(found()).toBe("a")
  await clock.advance(1)
  expect(found()).toBeUndefined()
})

test("a proof is asked for four times per bound, and counts for as long as the bound says", async () => {
  const { clock, coherence, keep, found } = setup()
  expect(coherence.proofsAskedMs).toEqual([500])
  coherence.vouching = { fence: 0, provedMs: clock.monotonic() }
  keep("a")
  await clock.advance(2000)
  expect(found()).toBe("a")
  await clock.advance(1)
  expect(found()).toBeUndefined()
  coherence.vouching.provedMs = clock.monotonic()
  expect(found()).toBe("a")
})

test("nothing is kept while nobody vouches for the key, or while the proof is too old", async () => {
  const { clock, coherence, keep, found } = setup()
  coherence.vouching = undefined
  keep("a")
  coherence.vouching = { fence: 0, provedMs: clock.monotonic() }
  await clock.advance(2001)
  keep("b")
  coherence.vouching.provedMs = clock.monotonic()
  expect(found()).toBeUndefined()
})

test("a fence ends what was kept before it, for ever", () => {
  const { coherence, keep, found } = setup()
  keep("a")
  if (coherence.vouching !== undefined) coherence.vouching.fence += 1
  expect(found()).toBeUndefined()
  keep("b")
  expect(found()).toBe("b")
})

test.each([
  ["a message", ({ coherence }: ReturnType<typeof setup>) => coherence.tell({ is: "key", key: address.value })],
  [
    "a write by somebody",
    ({ coherence }: ReturnType<typeof setup>) => coherence.tell({ is: "touched", key: address.value }),
  ],
  ["a change of its own", ({ tier }: ReturnType<typeof setup>) => tier.drop(address.value)],
  ["clear", ({ tier }: ReturnType<typeof setup>) => tier.clear()],
  [
    "a fence",
    ({ coherence }: ReturnType<typeof setup>) => {
      if (coherence.vouching !== undefined) coherence.vouching.fence += 1
    },
  ],
])("%s between marker and entry voids the marker, and those made after it count", (_name, happens) => {
  const scene = setup()
  const { tier, keep, found } = scene
  const marker = tier.mark(address)
  happens(scene)
  if (marker !== undefined) {
    tier.keep(marker, { value: "old", untilMs: Infinity, bytes: 1, proofs: undefined })
    tier.end(marker)
  }
  expect(found()).toBeUndefined()
  keep("new")
  expect(found()).toBe("new")
})

test("a message voids all markers of its key, and none of another", () => {
  const { coherence, tier, found } = setup()
  const other = new EntryAddress("shop:{product:43}")
  const markers = [tier.mark(address), tier.mark(other), tier.mark(address)]
  coherence.tell({ is: "key", key: address.value })
  for (const marker of markers) {
    if (marker !== undefined) tier.keep(marker, { value: "v", untilMs: Infinity, bytes: 1, proofs: undefined })
  }
  expect(found("42")).toBeUndefined()
  expect(found("43")).toBe("v")
})

test("a message about another cache's key drops nothing", () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.tell({ is: "key", key: "shop:{pricing:42}" })
  expect(found()).toBe("a")
})

test("a write by somebody drops the copy of its key, and a write to its control record does not", () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.tell({ is: "touched", key: address.control })
  coherence.tell({ is: "touched", key: "shop:{pricing:42}" })
  expect(found()).toBe("a")
  coherence.tell({ is: "touched", key: address.value })
  expect(found()).toBeUndefined()
})

test("a key whose encoding is the text of another one is not mistaken for it", () => {
  const { clock, tier } = setup()
  const marker = tier.mark(new EntryAddress("shop:{product:a%20b}"))
  if (marker === undefined) throw new Error("No marker.")
  tier.keep(marker, { value: "of a b", untilMs: clock.monotonic() + 1000, bytes: 1, proofs: undefined })
  expect(tier.find("a%20b", true)).toBeUndefined()
  expect(tier.find("a%20b", false)?.value).toBe("of a b")
})

test("an entry is served while all of its tags are covered", () => {
  const { clock, keep, found } = setup()
  let covered = true
  const seen: unknown[] = []
  keep("a", 1000, [
    { covers: () => true },
    {
      covers: (...given) => {
        seen.push(given)
        return covered
      },
    },
  ])
  expect(found()).toBe("a")
  expect(seen).toEqual([[{ era: "e", counter: 1 }, clock.monotonic(), 2000]])
  covered = false
  expect(found()).toBeUndefined()
})

test("keys of groups that differ are found by the whole key", () => {
  const { coherence, tier } = setup({ prefix: undefined })
  const grouped = new EntryAddress("shop:{user:1}:profile:2")
  const marker = tier.mark(grouped)
  if (marker === undefined) throw new Error("No marker.")
  tier.keep(marker, { value: "v", untilMs: Infinity, bytes: 1, proofs: undefined })
  expect(tier.find(tier.textOf(grouped.value), false)?.value).toBe("v")
  coherence.tell({ is: "key", key: grouped.value })
  expect(tier.find(grouped.value, false)).toBeUndefined()
})

test("its figures say what it holds and whether it is proved", () => {
  const { coherence, keep, tier } = setup()
  keep("a")
  expect(tier.stats()).toEqual({
    entries: 1,
    bytes: 100,
    evictions: 0,
    proved: true,
    provedAgoMs: 0,
    why: undefined,
    tracking: "off",
  })
  coherence.vouching = undefined
  expect(tier.stats()).toMatchObject({ proved: false, provedAgoMs: undefined, why: "held: held back" })
})

test("a value that each caller gets a copy of does not make the next one such a value", () => {
  const { tier, keep } = setup()
  keep({ at: new Date(1) })
  expect(tier.find("42", true)?.isCloned).toBe(true)
  keep({ n: 1 })
  expect(tier.find("42", true)?.isCloned).toBe(false)
  keep({ at: new Date(1) })
  expect(tier.find("42", true)?.isCloned).toBe(true)
})
