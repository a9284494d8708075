import { createHoldfast, json, type Duration, text } from "holdfast"
import { expectTypeOf, test } from "vitest"

const holdfast = createHoldfast({ namespace: "shop" })
const load = async (id: string): Promise<{ id: string }> => ({ id })

test("durations are written with their unit", () => {
  expectTypeOf<"250ms">().toExtend<Duration>()
  expectTypeOf<"1.5h">().toExtend<Duration>()
  expectTypeOf<{ minutes: 15 }>().toExtend<Duration>()
  expectTypeOf<{ total(unit: "milliseconds"): number }>().toExtend<Duration>()
  expectTypeOf<number>().not.toExtend<Duration>()
  expectTypeOf<"15">().not.toExtend<Duration>()
  expectTypeOf<"15 minutes">().not.toExtend<Duration>()
})

test("bare numbers are refused wherever a duration is meant", () => {
  // @ts-expect-error seconds or milliseconds?
  holdfast.cache({ name: "a", ttl: 600, load })
  // @ts-expect-error seconds or milliseconds?
  holdfast.cache({ name: "a", ttl: "10m", grace: 3600, load })
  // @ts-expect-error seconds or milliseconds?
  holdfast.cache({ name: "a", ttl: "10m", negativeTtl: 30, load })
  // @ts-expect-error seconds or milliseconds?
  holdfast.cache({ name: "a", ttl: "10m", loadTimeout: { hard: 30_000 }, load })
  // @ts-expect-error seconds or milliseconds?
  holdfast.cache({ name: "a", ttl: "10m", loadTimeout: { soft: 200 }, load })
  holdfast.cache({ name: "a", ttl: "10m", grace: "1h", loadTimeout: { soft: "200ms", hard: { seconds: 5 } }, load })
  // @ts-expect-error seconds or milliseconds?
  createHoldfast({ namespace: "shop", commandTimeout: 250 })
  const cache = holdfast.cache({ name: "a", ttl: "10m", load })
  // @ts-expect-error seconds or milliseconds?
  void cache.get("42", { timeout: 100 })
})

test("a share is written with its sign", () => {
  holdfast.cache({ name: "a", ttl: "10m", jitter: "10%", load })
  // @ts-expect-error a tenth, or ten percent?
  holdfast.cache({ name: "a", ttl: "10m", jitter: 0.1, load })
})

test("the ttl cannot be forgotten", () => {
  // @ts-expect-error no ttl
  holdfast.cache({ name: "a", load })
})

test("`negativeTtl` may be false, and nothing else may", () => {
  holdfast.cache({ name: "a", ttl: "10m", negativeTtl: false, load })
  // @ts-expect-error no ttl at all is no policy
  holdfast.cache({ name: "a", ttl: false, load })
})

test("unknown options are refused", () => {
  // @ts-expect-error the option is called `ttl`
  holdfast.cache({ name: "a", ttl: "10m", timeToLive: "10m", load })
  // @ts-expect-error the option is called `redis`
  createHoldfast({ namespace: "shop", client: undefined })
  const cache = holdfast.cache({ name: "a", ttl: "10m", load })
  // @ts-expect-error the option is called `signal`
  void cache.get("42", { abort: new AbortController().signal })
})

test("a version is a number, a bigint or text", () => {
  holdfast.cache({ name: "a", ttl: "10m", load, version: () => 1 })
  holdfast.cache({ name: "a", ttl: "10m", load, version: () => 1n })
  holdfast.cache({ name: "a", ttl: "10m", load, version: () => "1" })
  // @ts-expect-error clocks go backwards
  holdfast.cache({ name: "a", ttl: "10m", load, version: () => new Date(0) })
})

test("a codec fits the cache's value", () => {
  holdfast.cache({ name: "a", ttl: "10m", load: async (id: string) => id, codec: text() })
  holdfast.cache({ name: "a", ttl: "10m", load, codec: json() })
  // @ts-expect-error text() carries text only
  holdfast.cache({ name: "a", ttl: "10m", load, codec: text() })
})
