import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { HeldCoherence } from "../near/near.fixture.ts"
import { nearTier } from "../near/near-tier.ts"
import { overriding, testBed } from "./cache.fixture.ts"

const policy = { name: "item", ttl: "60s", jitter: "0%" } as const
const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "Away.")

/** Holds back the answers of calls while it is shut. */
class Gate {
  isShut = false
  #opened: Deferred<void> = deferred()

  async pass<T>(call: Promise<T>): Promise<T> {
    const opened = this.isShut ? this.#opened.promise : undefined
    const answer = await call
    await opened
    return answer
  }

  open(): void {
    this.isShut = false
    this.#opened.resolve()
    this.#opened = deferred()
  }
}

function numbered(): { readonly load: (id: string) => Promise<number> } {
  let loads = 0
  return { load: async () => (loads += 1) }
}

test("what a look has read during a refresh takes no place here after it, however late its tags are known", async () => {
  const gate = new Gate()
  const loads = new Gate()
  const bed = testBed((store) => overriding(store, { lookTags: (tags) => gate.pass(store.lookTags(tags)) }), {
    nearTier,
  })
  const { load } = numbered()
  await bed
    .peer(bed.memory)
    .cache({ ...policy, load })
    .get("a")
  const here = bed.holdfast.cache({ ...policy, load: (id: string) => loads.pass(load(id)) })
  loads.isShut = true
  const refreshing = here.refresh("a")
  await bed.clock.settle()
  gate.isShut = true
  const reading = here.get("a")
  await bed.clock.settle()
  gate.isShut = false
  loads.open()
  expect(await refreshing).toBe(2)
  gate.open()
  expect(await reading).toBe(1)
  expect(await here.get("a")).toBe(2)
})

test("what was read during a refresh is not served after it, whether or not what the refresh stored can be kept here", async () => {
  const loads = new Gate()
  const { clock, holdfast } = testBed((store) => store, { nearTier })
  const { load } = numbered()
  const cache = holdfast.cache({ ...policy, earlyRefresh: { beta: 1 }, load: (id: string) => loads.pass(load(id)) })
  await cache.get("a")
  loads.isShut = true
  const refreshing = cache.refresh("a")
  await clock.advance(20_000)
  expect(await cache.get("a")).toBe(1)
  loads.open()
  expect(await refreshing).toBe(2)
  expect(await cache.get("a")).toBe(2)
})

test.each(["0s", "60s"] as const)(
  "with a grace of %s, what was read newer from the store is not followed by an older copy",
  async (grace) => {
    const coherence = new HeldCoherence()
    const bed = testBed((store) => overriding(store, { coherence }), { nearTier })
    const options = { ...policy, grace, load: numbered().load }
    const here = bed.holdfast.cache(options)
    const elsewhere = bed.peer().cache({ ...options, local: false })
    coherence.vouching = { fence: 0, provedMs: bed.clock.monotonic() }
    expect(await here.get("a")).toBe(1)
    await elsewhere.refresh("a")
    await bed.clock.advance(2001)
    expect(await here.get("a")).toBe(2)
    coherence.vouching.provedMs = Infinity
    expect(await here.get("a")).toBe(2)
  },
)

test("a fill that was sent before a clear which waits for the store leaves no copy here", async () => {
  const fills = new Gate()
  let isOff = false
  const bed = testBed(
    (store) =>
      overriding(store, {
        fill: (...given) => fills.pass(store.fill(...given)),
        advanceTagClock: () => (isOff ? Promise.reject(away()) : store.advanceTagClock()),
      }),
    { nearTier },
  )
  const here = bed.holdfast.cache({ ...policy, load: numbered().load })
  await here.get("b")
  fills.isShut = true
  const reading = here.get("a")
  await bed.clock.settle()
  isOff = true
  expect(await here.clear()).toEqual({ delivered: false })
  fills.isShut = false
  expect(await here.get("b")).toBe(3)
  fills.open()
  expect(await reading).toBe(2)
  expect(await here.get("a")).toBe(4)
})

test("a put makes no copy of what it replaces while an invalidation of the key waits for the store", async () => {
  const puts = new Gate()
  let isOff = false
  const wrap = (store: Store): Store =>
    overriding(store, {
      invalidate: (...given) => (isOff ? Promise.reject(away()) : store.invalidate(...given)),
      putVersioned: async (...given) => {
        await puts.pass(Promise.resolve())
        return store.putVersioned(...given)
      },
    })
  const bed = testBed(wrap, { nearTier })
  const rows = new Map([["a", { version: 1 }]])
  const here = bed.holdfast.cache({
    ...policy,
    load: async (id: string) => rows.get(id),
    version: (row) => row.version,
  })
  await here.get("a")
  rows.set("a", { version: 2 })
  isOff = true
  expect(await here.invalidate("a")).toEqual({ delivered: false })
  puts.isShut = true
  const putting = here.put("a", { version: 2 })
  await bed.clock.settle()
  expect(await here.get("a")).toEqual({ version: 2 })
  puts.open()
  await putting
})
