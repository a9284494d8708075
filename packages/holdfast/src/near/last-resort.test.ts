import { expect, test } from "vitest"
import type { TagProof } from "../contracts/near-tier.ts"
import type { TagClock } from "../contracts/tag-store.ts"
import { EntryAddress } from "../entry/key.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { HeldCoherence } from "./near.fixture.ts"
import { nearTier } from "./near-tier.ts"

const address = new EntryAddress("shop:{product:42}")
const { value: key } = address

function setup(graceMs = 5000) {
  const clock = virtualClock()
  const coherence = new HeldCoherence()
  const bounds = { maxStalenessMs: 2000, maxEntries: 10, maxBytes: 10_000, isolate: "freeze" } as const
  const tier = nearTier<unknown>({
    ...bounds,
    coherence,
    clock,
    graceMs,
    outageCache: true,
    prefix: "shop:{product:",
  })
  const keep = (value: unknown, tags?: readonly TagProof[]): void => {
    const marker = tier.mark(address)!
    const proofs = tags && { clock: { era: "e", counter: 1 }, tags }
    tier.keep(marker, { value, untilMs: clock.monotonic() + 1000, bytes: 100, proofs })
    tier.end(marker)
  }
  const lose = (): void => {
    coherence.vouching!.provedMs = -Infinity
    coherence.doubts.count += 1
  }
  return { clock, coherence, tier, keep, lose, found: () => tier.find("42"), last: () => tier.lastResort(key) }
}

interface ScriptedTag {
  readonly witness: { fence: number; provedMs: number }
  readonly fence: number
  clock: TagClock | "dead"
  readonly isDoubted: boolean
}

const unprovedTag = (): ScriptedTag => ({
  witness: { fence: 3, provedMs: -Infinity },
  fence: 3,
  clock: { era: "e", counter: 1 },
  isDoubted: false,
})

test("what a lost connection no longer proves is not found, and is the last resort until its grace ends", async () => {
  const { clock, keep, lose, found, last } = setup()
  keep("a")
  lose()
  expect(found()).toBeUndefined()
  expect(last()).toEqual({ value: "a" })
  await clock.advance(5999)
  expect(found()).toBeUndefined()
  expect(last()?.value).toBe("a")
  await clock.advance(1)
  expect(last()).toBeUndefined()
  expect(found()).toBeUndefined()
})

test("past its grace a copy leaves the memory when it is asked for", async () => {
  const { clock, tier, keep, found } = setup()
  keep("a")
  await clock.advance(5999)
  found()
  expect(tier.stats().entries).toBe(1)
  await clock.advance(1)
  found()
  expect(tier.stats().entries).toBe(0)
})

test("an absence, and whatever has no grace, is no last resort, and leaves as before", async () => {
  const negative = setup()
  negative.keep(undefined)
  negative.lose()
  expect(negative.last()).toBeUndefined()

  const strictly = setup(0)
  strictly.keep("a")
  strictly.lose()
  expect(strictly.last()).toBeUndefined()
  await strictly.clock.advance(1000)
  strictly.found()
  expect(strictly.tier.stats().entries).toBe(0)
})

test("what is known to have changed is no last resort, connected or not", () => {
  const { coherence, tier, keep, lose, last } = setup()
  keep("a")
  lose()
  coherence.tell({ is: "key", key })
  expect(last()).toBeUndefined()

  coherence.vouching!.provedMs = Infinity
  keep("b")
  lose()
  tier.drop(key)
  expect(last()).toBeUndefined()
})

test("lost data and moved slots leave nothing", () => {
  const { coherence, tier, keep, found, last } = setup()
  keep("a")
  coherence.vouching!.fence += 1
  expect(last()).toBeUndefined()
  found()
  expect(tier.stats().entries).toBe(0)
})

test("an entry that a tag may have killed is no last resort", () => {
  const ends: readonly ((tag: ScriptedTag) => void)[] = [
    (tag) => void (tag.clock = { era: "e", counter: 2 }),
    (tag) => void (tag.clock = "dead"),
    (tag) => void (tag.witness.fence += 1),
  ]
  for (const end of ends) {
    const { keep, lose, last } = setup()
    const tags = [unprovedTag(), unprovedTag()] as const
    keep("a", tags)
    lose()
    expect(last()?.value).toBe("a")
    end(tags[1])
    expect(last()).toBeUndefined()
  }
})

test("a newer state takes the place of what cannot be served, and of nothing else", async () => {
  const { clock, coherence, tier, keep, lose, last, found } = setup()
  keep("a")
  tier.supersede(key)
  expect(found()?.value).toBe("a")
  lose()
  tier.supersede(key)
  expect(last()).toBeUndefined()

  coherence.vouching!.provedMs = Infinity
  keep("b")
  await clock.advance(1000)
  tier.supersede(key)
  expect(last()).toBeUndefined()

  keep("c", [unprovedTag()])
  tier.supersede(key)
  expect(last()).toBeUndefined()
})
