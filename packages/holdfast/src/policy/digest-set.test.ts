import { expect, test } from "vitest"
import { digestOf } from "../entry/digest.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { DigestSet } from "./digest-set.ts"

test("holds what was added, and says whether it was new", () => {
  const set = new DigestSet()
  const digests = Array.from({ length: 50_000 }, (_, at) => digestOf(`shop:{product:${at}}`))
  for (const digest of digests) expect(set.add(digest)).toBe(true)
  expect(set.size).toBe(50_000)
  expect(digests.every((digest) => set.has(digest) && !set.add(digest))).toBe(true)
  expect(set.has(digestOf("shop:{product:another}"))).toBe(false)
})

test("agrees with a set of texts, zeros and all", () => {
  const random = seededRandom(3)
  const [set, reference] = [new DigestSet(), new Set<string>()]
  const half = (): number => Math.floor(random.float() * 40) * (random.float() < 0.5 ? 1 : 100_000_000)
  for (let step = 0; step < 20_000; step++) {
    // A low half of zero counts as one.
    const digest = { high: half(), low: half() + 2 }
    const text = `${digest.high} ${digest.low}`
    expect(set.add(digest)).toBe(!reference.has(text))
    reference.add(text)
  }
  expect(set.add({ high: 7, low: 0 })).toBe(true)
  expect(set.add({ high: 7, low: 0 })).toBe(false)
})
