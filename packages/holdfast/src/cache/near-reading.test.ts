import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { HeldCoherence } from "../near/near.fixture.ts"
import { nearTier } from "../near/near-tier.ts"
import { overriding, switchable, testBed } from "./cache.fixture.ts"

interface Product {
  readonly id: string
  price: number
}

const policy = { name: "product", ttl: "60s", jitter: "0%" } as const

/** Two processes with near caches on one store, and a source that counts. */
function setup(wrap?: (store: Store) => Store) {
  const counts = { loads: 0, looks: 0 }
  const source = new Map([["42", 10]])
  const counting = (store: Store): Store =>
    overriding(store, {
      look: (address) => {
        counts.looks += 1
        return store.look(address)
      },
    })
  const bed = testBed((store) => counting(wrap?.(store) ?? store), { nearTier })
  const load = async (id: string): Promise<Product | undefined> => {
    counts.loads += 1
    const price = source.get(id)
    return price === undefined ? undefined : { id, price }
  }
  const here = bed.holdfast.cache({ ...policy, load })
  const elsewhere = bed.peer().cache({ ...policy, load })
  return { ...bed, counts, source, load, here, elsewhere }
}

test("what was read once is answered without the store, and its figures say so", async () => {
  const { here, counts } = setup()
  const first = await here.get("42")
  expect(counts).toEqual({ loads: 1, looks: 1 })
  expect(await here.get("42")).toBe(first)
  expect(await here.getMany(["42", "42"])).toEqual([first, first])
  expect(await here.peek("42")).toBe(first)
  expect(counts).toEqual({ loads: 1, looks: 1 })
  expect(here.stats()).toMatchObject({
    reads: 3,
    nearHits: 2,
    hits: 0,
    misses: 1,
    hitRatio: 2 / 3,
    near: { entries: 1 },
  })
})

test("an absence is remembered here as well", async () => {
  const { here, counts } = setup()
  expect(await here.get("7")).toBeUndefined()
  expect(await here.get("7")).toBeUndefined()
  expect(counts).toEqual({ loads: 1, looks: 1 })
  expect(here.stats()).toMatchObject({ nearHits: 1, negativeHits: 1 })
})

test.each(["get", "peek", "refresh"] as const)("what %s answers cannot be changed for the others", async (method) => {
  const { here } = setup()
  await here.get("42")
  const product = await here[method]("42")
  expect(() => {
    if (product !== undefined) product.price = 0
  }).toThrow(TypeError)
  expect(await here.get("42")).toEqual({ id: "42", price: 10 })
})

test("a change in another process is heard, and the next read sees it", async () => {
  const { here, elsewhere, source } = setup()
  await here.get("42")
  source.set("42", 11)
  await elsewhere.invalidate("42")
  expect(await here.get("42")).toEqual({ id: "42", price: 11 })
  await elsewhere.write("42", async () => {
    source.set("42", 12)
    return { id: "42", price: 12 }
  })
  expect(await here.get("42")).toEqual({ id: "42", price: 12 })
})

test("a change of its own is seen at once, whatever is heard of it", async () => {
  const coherence = new HeldCoherence()
  const { here, source } = setup((store) => overriding(store, { coherence }))
  await here.get("42")
  source.set("42", 11)
  await here.invalidate("42")
  expect(await here.get("42")).toEqual({ id: "42", price: 11 })
  await here.write("42", () => {
    source.set("42", 12)
    return { id: "42", price: 12 }
  })
  expect(await here.get("42")).toEqual({ id: "42", price: 12 })
})

test.each(["invalidate", "write"] as const)("from the beginning of a %s on, no copy is served here", async (method) => {
  const gate = deferred<void>()
  const gated = async <T>(call: Promise<T>): Promise<T> => {
    await gate.promise
    return call
  }
  const coherence = new HeldCoherence()
  const { here, source, clock } = setup((store) =>
    overriding(store, {
      coherence,
      invalidate: (...given) => gated(store.invalidate(...given)),
      openWindow: (...given) => gated(store.openWindow(...given)),
    }),
  )
  await here.get("42")
  const changing = method === "invalidate" ? here.invalidate("42") : here.write("42", () => ({ id: "42", price: 11 }))
  source.set("42", 11)
  expect(here.stats().near?.entries).toBe(0)
  gate.resolve()
  await changing
  await clock.settle()
  expect(await here.get("42")).toEqual({ id: "42", price: 11 })
})

test("while its invalidation is not delivered, a key is read from the source", async () => {
  let isOff = false
  const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const { here, source } = setup((store) => switchable(store, () => isOff, away))
  await here.get("42")
  isOff = true
  source.set("42", 11)
  expect(await here.invalidate("42")).toEqual({ delivered: false })
  expect(await here.get("42")).toEqual({ id: "42", price: 11 })
  source.set("42", 12)
  expect(await here.get("42")).toEqual({ id: "42", price: 12 })
})

test("while the store is away, what is proved is still answered from here", async () => {
  let isOff = false
  const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const { here, counts } = setup((store) => switchable(store, () => isOff, away))
  await here.get("42")
  isOff = true
  expect(await here.get("42")).toEqual({ id: "42", price: 10 })
  expect(counts.loads).toBe(1)
})

/** A gate in front of the answers of one method of this process's store. */
function gated(method: "look" | "fill") {
  const gates: Deferred<void>[] = []
  const held = { on: false }
  const wrap = (store: Store): Store => {
    const call = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>
    return overriding(store, {
      [method]: async (...args: unknown[]) => {
        const answer = await call(...args)
        if (!held.on) return answer
        const gate = deferred<void>()
        gates.push(gate)
        await gate.promise
        return answer
      },
    })
  }
  return { gates, held, wrap }
}

test.each(["look", "fill"] as const)(
  "a %s that was answered before an invalidation, and whose answer comes after it was heard, is not kept",
  async (method) => {
    const { gates, held, wrap } = gated(method)
    const bed = setup()
    const slow = bed.peer(wrap(bed.store)).cache({ ...policy, load: bed.load })
    if (method === "look") await bed.here.get("42")
    held.on = true
    const reading = slow.get("42")
    await bed.clock.settle()
    bed.source.set("42", 11)
    await bed.here.invalidate("42")
    held.on = false
    gates[0]?.resolve()
    expect(await reading).toEqual({ id: "42", price: 10 })
    expect(await slow.get("42")).toEqual({ id: "42", price: 11 })
  },
)

test("nothing is served from here that nobody vouches for", async () => {
  const coherence = new HeldCoherence()
  const { here, counts, clock } = setup((store) => overriding(store, { coherence }))
  coherence.vouching = { fence: 0, provedMs: clock.monotonic() }
  await here.get("42")
  await clock.advance(2000)
  await here.get("42")
  expect(counts.looks).toBe(1)
  await clock.advance(1)
  await here.get("42")
  expect(counts.looks).toBe(2)
  expect(here.stats().near).toMatchObject({ entries: 0 })
})

test("a refresh replaces what is here, in this process at once", async () => {
  const { here, source } = setup()
  await here.get("42")
  source.set("42", 11)
  await here.refresh("42")
  expect(await here.get("42")).toEqual({ id: "42", price: 11 })
})

test("local: false asks the store each time, and answers values of the caller's own", async () => {
  const { holdfast, load, counts } = setup()
  const cache = holdfast.cache({ ...policy, name: "plain", load, local: false })
  await cache.get("42")
  const product = await cache.get("42")
  if (product !== undefined) product.price = 0
  expect(await cache.get("42")).toEqual({ id: "42", price: 10 })
  expect(counts.looks).toBe(3)
  expect(cache.stats().near).toBeUndefined()
})

test("with clone everybody gets a copy of their own", async () => {
  const { holdfast, load, counts } = setup()
  const cache = holdfast.cache({ ...policy, name: "cloned", load, local: { isolate: "clone" } })
  const [one, two] = await Promise.all([cache.get("42"), cache.get("42")])
  if (one !== undefined) one.price = 0
  expect(two).toEqual({ id: "42", price: 10 })
  expect(await cache.get("42")).toEqual({ id: "42", price: 10 })
  expect(counts.looks).toBe(1)
})

test("an entry that reading keeps alive is looked at once per tenth of its ttl", async () => {
  const { holdfast, load, counts, clock } = setup()
  const cache = holdfast.cache({ ...policy, name: "sliding", load, sliding: { absoluteTtl: "1h" } })
  for (let second = 0; second < 600; second += 1) {
    await cache.get("42")
    await clock.advance(1000)
  }
  expect(counts.loads).toBe(1)
  expect(counts.looks).toBe(100)
})

test("an entry that is to be refreshed ahead of its end is looked at from then on", async () => {
  const { holdfast, load, counts, clock } = setup()
  const cache = holdfast.cache({ ...policy, name: "ahead", load, refreshAhead: "10s" })
  await cache.get("42")
  await clock.advance(49_999)
  await cache.get("42")
  expect(counts).toEqual({ loads: 1, looks: 1 })
  await clock.advance(1)
  await cache.get("42")
  await clock.settle()
  expect(counts).toEqual({ loads: 2, looks: 2 })
})

test("after close nothing is answered from here", async () => {
  const { holdfast, here } = setup()
  await here.get("42")
  await holdfast.close()
  await expect(here.get("42")).rejects.toMatchObject({ code: "CLOSED" })
})

test.each([
  [{ maxStaleness: "99ms" }, "local.maxStaleness"],
  [{ isolate: "no" }, "local.isolate"],
  [{ maxEntries: 0 }, "local.maxEntries"],
  [{ maxBytes: 1.5 }, "local.maxBytes"],
  [{ maxEntires: 5 }, "maxEntires"],
  [true, "local"],
])("local: %j is refused", (local, names) => {
  const { holdfast } = setup()
  const options = { ...policy, name: "bad", local }
  expect(() => holdfast.cache(options as never)).toThrow(names)
})
