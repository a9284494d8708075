import { expect, test } from "vitest"
import { encodeKey, EntryAddress } from "../entry/key.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { HeldCoherence } from "./near.fixture.ts"
import { nearTier } from "./near-tier.ts"

/** A near cache that holds an entry under each of these texts. */
function keptUnder(...texts: string[]) {
  const coherence = new HeldCoherence()
  const budgets = { maxStalenessMs: 2000, maxEntries: 10, maxBytes: 10_000 }
  const tier = nearTier<string>({
    ...budgets,
    coherence,
    clock: virtualClock(),
    isolate: "freeze",
    graceMs: 0,
    outageCache: true,
    prefix: "shop:{product:",
  })
  for (const text of texts) {
    const marker = tier.mark(new EntryAddress(`shop:{product:${text}}`))
    if (marker === undefined) throw new Error("No marker.")
    tier.keep(marker, { value: `of ${text}`, untilMs: Infinity, bytes: 1, proofs: undefined })
  }
  const found = async (key: string): Promise<unknown> => tier.hit(key)
  return { coherence, tier, found }
}

test("a key that is a text is found as the user writes it, whatever its encoding", async () => {
  const keys = ["user:42", "a b", "a%20b", "%", "", "%_", "50%25", "näh", "\0x", "\ud800", "a~b", "x".repeat(600)]
  for (const key of keys) {
    const encoded = encodeKey(key)
    const { tier, found, coherence } = keptUnder(encoded)
    expect(tier.find(encoded)?.value).toBe(`of ${encoded}`)
    // Of what is cut, the key cannot be told; and one that begins with the mark of such names is not looked for as it is.
    const isTold = key !== "\0x" && key.length < 600
    expect(await found(key)).toBe(isTold ? `of ${encoded}` : undefined)
    coherence.tell({ is: "key", key: `shop:{product:${encoded}}` })
    expect(tier.find(encoded)).toBeUndefined()
    expect(await found(key)).toBeUndefined()
  }
})

test.each([
  ["its encoding", "a b", "a%20b"],
  ["the text of a tuple", ["a", "b"], "a:b"],
  ["the name of a tuple in the table", ["a", "b"], "\0a:b"],
  ["the name of a long text in the table", "y".repeat(600), `\0${encodeKey("y".repeat(600))}`],
])("a key is not mistaken for another one that is %s", async (_what, key, other) => {
  const { tier, found } = keptUnder(encodeKey(key))
  expect(await found(other)).toBeUndefined()
  expect(tier.find(encodeKey(other))).toBeUndefined()
  expect(tier.find(encodeKey(key))?.value).toBe(`of ${encodeKey(key)}`)
})
