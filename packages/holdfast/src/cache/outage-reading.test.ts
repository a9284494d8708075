import { expect, test } from "vitest"
import { clearTagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedSource, overriding } from "./cache.fixture.ts"
import type { LocalOptions, LoadContext } from "./cache-options.ts"
import { awayBed } from "./outage.fixture.ts"

const policy = { name: "product", ttl: "60s", jitter: "0%" } as const

test("while the store is away, a hot key costs one load per second, not one per read", async () => {
  const { holdfast, clock, counts, load, leave, source } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  expect(await cache.get("42")).toEqual({ price: 10 })
  source.set("42", { price: 11 })
  for (let ms = 0; ms < 999; ms += 111) {
    expect(await cache.get("42")).toEqual({ price: 10 })
    await clock.advance(111)
  }
  expect(counts.loads).toBe(1)
  await clock.advance(1)
  expect(await cache.get("42")).toEqual({ price: 11 })
  expect(counts.loads).toBe(2)
  expect(cache.stats()).toMatchObject({ outageHits: 9, nearHits: 0, misses: 2, near: { outageEntries: 1 } })
})

test("its reads are told and counted as what they are", async () => {
  const { holdfast, load, leave, events } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  await cache.getMany(["42", "7"])
  await cache.get("7")
  const reads = events.flatMap((event) => (event.name === "read" ? [event.outcome] : []))
  expect(reads).toEqual(["load-unstored", "outage-hit", "load-unstored", "outage-hit"])
  expect(cache.stats()).toMatchObject({ reads: 4, outageHits: 2, negativeHits: 1, hitRatio: 0.5 })
})

test("the second counts from the beginning of the load, without the wait for a place", async () => {
  const { holdfast, clock, leave } = awayBed()
  const { calls, load } = gatedSource<unknown>()
  const cache = holdfast.cache({ ...policy, load, sourceConcurrency: 1 })
  leave()
  const [other, hot] = [cache.get("7"), cache.get("42")]
  await clock.advance(600)
  calls[0]?.gate.resolve(null)
  await other
  await clock.advance(700)
  calls[1]?.gate.resolve({ price: 10 })
  await hot
  expect(calls.map(({ key }) => key)).toEqual(["7", "42"])

  await clock.advance(299)
  expect(await cache.get("42")).toEqual({ price: 10 })
  await clock.advance(1)
  const again = cache.get("42")
  await clock.settle()
  expect(calls).toHaveLength(3)
  calls[2]?.gate.resolve(null)
  await again
})

test.each([
  [{ maxStaleness: "300ms" }, {}],
  [{}, { ttl: "300ms" }],
  [{}, { negativeTtl: "300ms" }],
  [{}, { load: (_: string, { entry }: LoadContext) => (entry.ttl("300ms"), undefined) }],
] as const)("nor is it served longer than %o or %o allow", async (local: LocalOptions, own: object) => {
  const { holdfast, clock, counts, load, leave, source } = awayBed()
  source.clear()
  const counted = (id: string, context: LoadContext): Promise<unknown> => {
    counts.loads += 1
    return "load" in own ? (own.load as typeof load)(id, context) : Promise.resolve(source.get(id))
  }
  const cache = holdfast.cache({ ...policy, ...own, load: counted, local })
  leave()
  await cache.get("42")
  await clock.advance(299)
  await cache.get("42")
  expect(counts.loads).toBe(1)
  await clock.advance(1)
  await cache.get("42")
  expect(counts.loads).toBe(2)
})

test("whoever waits for a load may have what it brought, and loads nothing", async () => {
  const { holdfast, clock, leave } = awayBed()
  const { calls, load } = gatedSource<unknown>()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  const first = cache.get("42")
  await clock.settle()
  const later = [cache.get("42"), cache.getMany(["42"])]
  await clock.settle()
  calls[0]?.gate.resolve({ price: 10 })
  expect(await Promise.all([first, ...later])).toEqual([{ price: 10 }, { price: 10 }, [{ price: 10 }]])
  expect(calls).toHaveLength(1)
})

test("from the moment at which the store answers again, nothing is served from it", async () => {
  const { holdfast, counts, load, leave, comeBack, source } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  comeBack()
  source.set("42", { price: 11 })
  expect(await cache.get("42")).toEqual({ price: 11 })
  expect(counts.loads).toBe(2)
  leave()
  source.set("42", { price: 12 })
  expect(await cache.get("42")).toEqual({ price: 12 })
})

test("a load that the outage did not outlast is not kept", async () => {
  const { holdfast, clock, leave, comeBack, coherence } = awayBed()
  const { calls, load } = gatedSource<unknown>()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  const reading = cache.get("42")
  await clock.settle()
  comeBack()
  coherence.away = {}
  calls[0]?.gate.resolve({ price: 10 })
  await reading
  expect(cache.stats().near?.outageEntries).toBe(0)
})

test("an outage may begin with the lease", async () => {
  let answers = true
  const { holdfast, clock, counts, load, coherence } = awayBed((store) =>
    overriding(store, {
      lease: (...given) => {
        if (answers) return store.lease(...given)
        coherence.away = {}
        return Promise.reject(new HoldfastError("COMMAND_TIMEOUT", "Away."))
      },
    }),
  )
  const cache = holdfast.cache({ ...policy, load })
  answers = false
  await cache.get("42")
  await clock.settle()
  await cache.get("42")
  expect(counts.loads).toBe(1)
})

test.each<[string, { local?: LocalOptions | false }]>([
  ["local: false", { local: false }],
  ["outageCache: false", { local: { outageCache: false } }],
])("with %s each read loads", async (_, own) => {
  const { holdfast, counts, load, leave } = awayBed()
  const cache = holdfast.cache({ ...policy, ...own, load })
  leave()
  await cache.get("42")
  await cache.get("42")
  expect(counts.loads).toBe(2)
})

test.each<[string, Record<string, unknown>]>([
  ["is skipped", { load: (_: string, { entry }: LoadContext) => (entry.skip(), { price: 1 }) }],
  ["is too large", { maxValueBytes: 8 }],
  ["cannot be encoded", { load: () => ({ price: () => 1 }) }],
  ["is an absence that is not remembered", { load: () => undefined, negativeTtl: false }],
])("what %s is not kept", async (_, own) => {
  const { holdfast, load, leave } = awayBed()
  const cache = holdfast.cache<string, unknown>({ ...policy, load, ...own })
  leave()
  await cache.get("42")
  expect(cache.stats().near?.outageEntries).toBe(0)
})

test("a failed load leaves nothing, and is not remembered", async () => {
  const { holdfast, leave } = awayBed()
  let fails = true
  const cache = holdfast.cache<string, number>({
    ...policy,
    load: () => (fails ? Promise.reject(new Error("down")) : Promise.resolve(1)),
  })
  leave()
  await expect(cache.get("42")).rejects.toThrow("down")
  fails = false
  expect(await cache.get("42")).toBe(1)
})

test("nobody can change what the others get", async () => {
  const { holdfast, load, leave, source } = awayBed()
  const cache = holdfast.cache<string, unknown>({ ...policy, load })
  source.set("42", { at: new Date(0) })
  leave()
  const first = (await cache.get("42")) as { at: Date }
  first.at.setTime(1)
  const second = (await cache.get("42")) as { at: Date }
  expect(second.at.getTime()).toBe(0)
  second.at.setTime(2)
  expect(await cache.get("42")).toEqual({ at: new Date(0) })
})

test("`peek` and `lookup` answer from the store only, and `refresh` loads", async () => {
  const { holdfast, counts, load, leave, source } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  expect(await cache.peek("42")).toBeUndefined()
  expect((await cache.lookup("42")).hit).toBe(false)
  source.set("42", { price: 11 })
  expect(await cache.refresh("42")).toEqual({ price: 11 })
  expect(await cache.get("42")).toEqual({ price: 11 })
  expect(counts.loads).toBe(2)
})

test("a closed cache keeps nothing", async () => {
  const { holdfast, load, leave } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  await holdfast.close().catch(() => {})
  expect(cache.stats().near?.outageEntries).toBe(0)
})

test("the server with the tag of the cache is enough to be away: without it no entry can be judged", async () => {
  let tagsAreAway = false
  const { holdfast, counts, load, coherence } = awayBed((store) =>
    overriding(store, {
      lookTags: (tags) =>
        tagsAreAway ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Away.")) : store.lookTags(tags),
    }),
  )
  const cache = holdfast.cache({ ...policy, load })
  await cache.get("42")
  const outage = {}
  const { slot } = clearTagAddress("test", "product")
  coherence.outage = (of?: { readonly slot: number }) => (tagsAreAway && of?.slot === slot ? outage : undefined)
  coherence.vouching!.provedMs = -Infinity
  coherence.doubts.count += 1
  tagsAreAway = true
  await cache.get("42")
  await cache.get("42")
  expect(counts.loads).toBe(2)
  tagsAreAway = false
  await cache.get("42")
  expect(cache.stats()).toMatchObject({ outageHits: 1, hits: 1 })
})
