import { expect, test } from "vitest"
import { KnownTag } from "./known-tag.ts"

const recorded = { era: "e", counter: 5 }

test("without a proof, nothing that is known may speak against an entry", () => {
  const witness = { fence: 0, provedMs: -Infinity }
  const tag = new KnownTag(witness, recorded)
  expect(tag.covers(recorded, 0, 1000)).toBe(false)
  expect(tag.mayCover(recorded)).toBe(true)
  expect(tag.mayCover({ era: "e", counter: 4 })).toBe(false)
  expect(tag.mayCover({ era: "f", counter: 5 })).toBe(false)
  tag.raise({ era: "e", counter: 6 })
  expect(tag.mayCover(recorded)).toBe(false)
})

test("a fence and a change of which nobody knows the clock speak against it", () => {
  const witness = { fence: 0, provedMs: 0 }
  const [fenced, dropped] = [new KnownTag(witness, recorded), new KnownTag(witness, recorded)]
  dropped.drop()
  expect(dropped.mayCover(recorded)).toBe(false)
  witness.fence = 1
  expect(fenced.mayCover(recorded)).toBe(false)
})
