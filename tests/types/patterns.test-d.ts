import { createHoldfast, glob, type Glob, type PatternDelivery, type ScannedKey } from "holdfast"
import { expectTypeOf, test } from "vitest"

const holdfast = createHoldfast({ namespace: "types" })
const users = holdfast.cache({ name: "user", ttl: "1m", load: async (id: number) => ({ id }) })

test("a pattern is a glob and never a text", () => {
  expectTypeOf(glob`user:${7}:*`).toEqualTypeOf<Glob>()
  expectTypeOf(users.invalidatePattern).parameter(0).toEqualTypeOf<Glob>()
  // @ts-expect-error a text is no pattern
  void (() => users.invalidatePattern("user:*"))
  // @ts-expect-error a text is no pattern
  void (() => holdfast.invalidatePattern("user:*"))
  // @ts-expect-error a text is no pattern
  void (() => users.scan({ match: "user:*" }))
  // @ts-expect-error nothing but a template makes one
  void (() => glob("user:*"))
  // @ts-expect-error nor an object that looks like one
  void (() => users.invalidatePattern({ tokens: [] }))
})

test("what is interpolated is a text, a number, a bigint or a boolean", () => {
  const missing: { readonly id?: string } = {}
  void glob`${"a"}${1}${1n}${true}`
  // @ts-expect-error it may be undefined
  void (() => glob`${missing.id}`)
  // @ts-expect-error a pattern is no part of another
  void (() => glob`${glob`a`}`)
})

test("scan gives texts, whatever the keys are given as", () => {
  expectTypeOf(users.scan()).toEqualTypeOf<AsyncIterableIterator<ScannedKey>>()
  expectTypeOf<ScannedKey["key"]>().toEqualTypeOf<string | readonly string[] | undefined>()
  expectTypeOf(users.invalidatePattern(glob`a`)).toEqualTypeOf<Promise<PatternDelivery>>()
})
