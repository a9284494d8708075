import { expect, test } from "vitest"
import { createMix, mix } from "./mix.ts"
import { createRandom } from "./random.ts"
import type { RequestKind } from "./shop-request.ts"

test("the shares of all kinds make one hundred percent", () => {
  expect(Object.values(mix).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 9)
})

test("requests come with the shares of the mix", () => {
  const next = createMix({ random: createRandom(5) })
  const draws = 50_000
  const counts = new Map<RequestKind, number>()
  for (let i = 0; i < draws; i++) {
    const { kind } = next()
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  for (const [kind, share] of Object.entries(mix) as [RequestKind, number][]) {
    const expected = (draws * share) / 100
    expect(Math.abs((counts.get(kind) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1)
  }
})

test("only writes have a body, and reads of versioned things say what the oracle checks", () => {
  const next = createMix({ random: createRandom(6) })
  for (let i = 0; i < 5000; i++) {
    const { kind, method, body, reads, path } = next()
    expect(method === "GET").toBe(body === undefined)
    const ids = (reads ?? []).map(({ id }) => id)
    if (kind === "product") expect(path).toBe(`/products/${ids[0]}`)
    if (kind === "products") expect(path).toBe(`/products?ids=${[...new Set(ids)].join(",")}`)
    if (kind === "offer") expect(path).toBe(`/products/${ids[0]}/offer`)
  }
})

test("with a trace, products are asked for in its order", () => {
  let last = 0
  const next = createMix({ random: createRandom(8), nextProduct: () => ++last })
  const ids: number[] = []
  while (ids.length < 100) {
    const { kind, path } = next()
    const asked = /^\/products(?:\/|\?ids=)([\d,]+)/.exec(path)?.[1]
    if (kind !== "missing-product" && asked !== undefined) ids.push(...asked.split(",").map(Number))
    else if (kind === "checkout") ids.push(last)
  }
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => index + 1))
})
