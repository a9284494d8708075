import { expect, test } from "vitest"
import type { NearTierOptions, TagProof } from "../contracts/near-tier.ts"
import type { TagClock } from "../contracts/tag-store.ts"
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
    graceMs: 0,
    outageCache: true,
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
  const found = async (key = "42"): Promise<unknown> => tier.hit(key)
  return { clock, coherence, tier, keep, found }
}

test("what is kept is found until its time has come", async () => {
  const { clock, keep, found } = setup()
  keep("a", 1000)
  expect(await found()).toBe("a")
  await clock.advance(999)
  expect(await found()).toBe("a")
  await clock.advance(1)
  expect(await found()).toBeUndefined()
})

test("a proof is asked for four times per bound, and counts for as long as the bound says", async () => {
  const { clock, coherence, keep, found } = setup()
  expect(coherence.proofsAskedMs).toEqual([500])
  coherence.vouching = { fence: 0, provedMs: clock.monotonic() }
  keep("a")
  await clock.advance(2000)
  expect(await found()).toBe("a")
  await clock.advance(1)
  expect(await found()).toBeUndefined()
  coherence.vouching.provedMs = clock.monotonic()
  expect(await found()).toBe("a")
})

test("nothing is kept while nobody vouches for the key, or while the proof is too old", async () => {
  const { clock, coherence, keep, found } = setup()
  coherence.vouching = undefined
  keep("a")
  coherence.vouching = { fence: 0, provedMs: clock.monotonic() }
  await clock.advance(2001)
  keep("b")
  coherence.vouching.provedMs = clock.monotonic()
  expect(await found()).toBeUndefined()
})

test("a fence ends what was kept before it, for ever", async () => {
  const { coherence, keep, found } = setup()
  keep("a")
  expect(await found()).toBe("a")
  coherence.fence()
  expect(await found()).toBeUndefined()
  keep("b")
  expect(await found()).toBe("b")
})

test.each([
  ["a message", ({ coherence }: ReturnType<typeof setup>) => coherence.tell({ is: "key", key: address.value })],
  [
    "a write by somebody",
    ({ coherence }: ReturnType<typeof setup>) => coherence.tell({ is: "touched", key: address.value }),
  ],
  ["a change of its own", ({ tier }: ReturnType<typeof setup>) => tier.drop(address.value)],
  ["clear", ({ tier }: ReturnType<typeof setup>) => tier.clear()],
  ["a fence", ({ coherence }: ReturnType<typeof setup>) => coherence.fence()],
])("%s between marker and entry voids the marker, and those made after it count", async (_name, happens) => {
  const scene = setup()
  const { tier, keep, found } = scene
  const marker = tier.mark(address)
  happens(scene)
  if (marker !== undefined) {
    tier.keep(marker, { value: "old", untilMs: Infinity, bytes: 1, proofs: undefined })
    tier.end(marker)
  }
  expect(await found()).toBeUndefined()
  keep("new")
  expect(await found()).toBe("new")
})

test("a message voids all markers of its key, and none of another", async () => {
  const { coherence, tier, found } = setup()
  const other = new EntryAddress("shop:{product:43}")
  const markers = [tier.mark(address), tier.mark(other), tier.mark(address)]
  coherence.tell({ is: "key", key: address.value })
  for (const marker of markers) {
    if (marker !== undefined) tier.keep(marker, { value: "v", untilMs: Infinity, bytes: 1, proofs: undefined })
  }
  expect(await found("42")).toBeUndefined()
  expect(await found("43")).toBe("v")
})

test("a message about another cache's key drops nothing", async () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.tell({ is: "key", key: "shop:{pricing:42}" })
  expect(await found()).toBe("a")
})

test("a write by somebody drops the copy of its key, and a write to its control record does not", async () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.tell({ is: "touched", key: address.control })
  coherence.tell({ is: "touched", key: "shop:{pricing:42}" })
  expect(await found()).toBe("a")
  coherence.tell({ is: "touched", key: address.value })
  expect(await found()).toBeUndefined()
})

interface ScriptedTag {
  witness: { fence: number; provedMs: number }
  fence: number
  clock: TagClock | "dead"
  isDoubted: boolean
}

const tagAt = (counter: number, era = "e"): ScriptedTag => ({
  witness: { fence: 3, provedMs: Infinity },
  fence: 3,
  clock: { era, counter },
  isDoubted: false,
})

test.each<[string, (tag: ScriptedTag) => void]>([
  ["has changed", (tag) => void (tag.clock = { era: "e", counter: 1 })],
  ["is forgotten", (tag) => void (tag.clock = "dead")],
  ["may have changed unheard", (tag) => void (tag.witness.fence += 1)],
])("an entry is served until one of its tags %s, and is gone then", async (_what, happens) => {
  const { keep, found, tier, coherence } = setup()
  for (const at of [0, 1, 2]) {
    const tags = [tagAt(0), tagAt(1), tagAt(1)]
    keep("a", 1000, tags)
    expect(await found()).toBe("a")
    happens(tags[at] as ScriptedTag)
    coherence.doubts.count += 1
    expect(await found()).toBeUndefined()
    expect(tier.stats().entries).toBe(0)
  }
})

test("an entry is served only while those who vouch for its tags have proved that they heard everything", async () => {
  const { clock, keep, found } = setup()
  const tags = [tagAt(1), tagAt(1)]
  const { witness } = tags[0] as ScriptedTag
  witness.provedMs = clock.monotonic()
  keep("a", 10_000, tags)
  await clock.advance(2000)
  expect(await found()).toBe("a")
  await clock.advance(1)
  expect(await found()).toBeUndefined()
  witness.provedMs = clock.monotonic()
  expect(await found()).toBe("a")
})

test("an entry is not served while one of its tags is in doubt", async () => {
  const { coherence, keep, found } = setup()
  const tags = [tagAt(1), tagAt(1)]
  keep("a", 1000, tags)
  expect(await found()).toBe("a")
  for (const tag of tags) {
    tag.isDoubted = true
    coherence.doubts.count += 1
    expect(await found()).toBeUndefined()
    tag.isDoubted = false
    expect(await found()).toBe("a")
  }
})

test("who vouches is asked again when there is a doubt and when the proof that was found has aged, not for each hit", async () => {
  const { clock, coherence, keep, tier } = setup()
  let asked = 0
  coherence.vouching = {
    fence: 0,
    get provedMs() {
      asked += 1
      return 0
    },
  }
  keep("a")
  const askedFor = async (hits: number): Promise<number> => {
    asked = 0
    for (let left = hits; left > 0; left -= 1) await tier.hit("42")
    return asked
  }
  expect(await askedFor(100)).toBe(1)
  coherence.doubts.count += 1
  expect(await askedFor(100)).toBe(1)
  await clock.advance(1001)
  expect(await askedFor(1)).toBe(1)
})

test.each<[string, ScriptedTag]>([
  ["a tag that was invalidated after the clock that it records", tagAt(2)],
  ["a tag of another era", tagAt(1, "f")],
  ["a tag that is forgotten", { ...tagAt(1), clock: "dead" }],
  ["a tag that may have changed unheard", { ...tagAt(1), fence: 2 }],
])("an entry is not kept with %s", async (_what, tag) => {
  const { keep, tier } = setup()
  keep("a", 1000, [tagAt(1), tag])
  expect(tier.stats().entries).toBe(0)
})

test("entries with the same tags are told apart by when they were kept", async () => {
  const { coherence, keep, found } = setup()
  const tag = tagAt(0)
  keep("a", 1000, [tag])
  tag.clock = { era: "e", counter: 1 }
  coherence.doubts.count += 1
  expect(await found()).toBeUndefined()
  keep("b", 1000, [tag])
  expect(await found()).toBe("b")
})

test("keys of groups that differ are found by the whole key", async () => {
  const { coherence, tier } = setup({ prefix: undefined })
  const grouped = new EntryAddress("shop:{user:1}:profile:2")
  const marker = tier.mark(grouped)
  if (marker === undefined) throw new Error("No marker.")
  tier.keep(marker, { value: "v", untilMs: Infinity, bytes: 1, proofs: undefined })
  expect(tier.find(tier.textOf(grouped.value))?.value).toBe("v")
  coherence.tell({ is: "key", key: grouped.value })
  expect(tier.find(grouped.value)).toBeUndefined()
})

test("its figures say what it holds and whether it is proved", async () => {
  const { coherence, keep, tier } = setup()
  keep("a")
  expect(tier.stats()).toEqual({
    entries: 1,
    bytes: 100,
    evictions: 0,
    outageEntries: 0,
    proved: true,
    provedAgoMs: 0,
    why: undefined,
    isStarting: false,
    tracking: "off",
  })
  coherence.vouching = undefined
  expect(tier.stats()).toMatchObject({
    proved: false,
    provedAgoMs: undefined,
    why: "held: held back",
    isStarting: false,
  })
})

test("it has only just begun if that is so of all servers without a proof, and else the reason is that of another", async () => {
  const { coherence, tier } = setup()
  const server = (node: string, isStarting: boolean) => ({ node, provedAgoMs: undefined, why: "none yet", isStarting })
  coherence.states = () => [server("a", true), { node: "b", provedAgoMs: 0, why: undefined }, server("c", true)]
  expect(tier.stats()).toMatchObject({ proved: false, isStarting: true, why: "a: none yet" })
  coherence.states = () => [server("a", true), server("b", false)]
  expect(tier.stats()).toMatchObject({ proved: false, isStarting: false, why: "b: none yet" })
})

test("a value that each caller gets a copy of does not make the next one such a value", async () => {
  const { found, keep } = setup()
  const isCopied = async (): Promise<boolean> => (await found()) !== (await found())
  keep({ at: new Date(1) })
  expect(await isCopied()).toBe(true)
  keep({ n: 1 })
  expect(await isCopied()).toBe(false)
  keep({ at: new Date(1) })
  expect(await isCopied()).toBe(true)
  expect(await found()).toEqual({ at: new Date(1) })
})
