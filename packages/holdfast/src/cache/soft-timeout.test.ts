import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedManySource, gatedSource, overriding, testBed, type GatedSource, type TestBed } from "./cache.fixture.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"

const policy = {
  name: "item",
  ttl: "10s",
  grace: "1m",
  jitter: "0%",
  local: false,
  loadTimeout: { soft: "200ms", hard: "5s" },
} as const

/** What becomes of asking for a lease once the entry is past its ttl. */
type Leasing = (store: Store, ...call: Parameters<Store["lease"]>) => ReturnType<Store["lease"]>

const refused: Leasing = () => Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off."))

/** The entry leaves the store between the look and the lease, so the load is in the foreground and under a lease. */
const evicted: Leasing = (store, address, request) => {
  ;(store as Store & { evict(key: string): void }).evict(address.value)
  return store.lease(address, request)
}

interface Scene extends TestBed {
  readonly source: GatedSource<string>
  readonly cache: ReadThroughCache<string, string>
  readonly leasing: { now: Leasing | undefined }
}

/** A cache whose entry v1 has been past its ttl for a second. */
async function stale(options: object = {}): Promise<Scene> {
  const leasing: { now: Leasing | undefined } = { now: undefined }
  const bed = testBed((store) =>
    overriding(store, {
      lease: (address, request) =>
        leasing.now === undefined ? store.lease(address, request) : leasing.now(store, address, request),
    }),
  )
  const source = gatedSource<string>()
  const cache = bed.holdfast.cache<string, string>({ ...policy, ...options, load: source.load })
  const first = cache.get("a")
  await bed.clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await bed.clock.advance(11_000)
  return { ...bed, source, cache, leasing }
}

/** What the answer of a read is by now. */
function watched<T>(reading: Promise<T>): { answer: T | undefined; error: unknown } {
  const seen: { answer: T | undefined; error: unknown } = { answer: undefined, error: undefined }
  reading.then(
    (answer) => (seen.answer = answer),
    (error: unknown) => (seen.error = error),
  )
  return seen
}

for (const [where, leasing] of [
  ["no lease can be had", refused],
  ["the entry has left the store since", evicted],
] as const) {
  test(`where ${where}, a slow load is answered by the entry in hand, to the millisecond`, async () => {
    const scene = await stale()
    scene.leasing.now = leasing
    const seen = watched(scene.cache.get("a"))
    await scene.clock.advance(199)
    expect([scene.source.calls.length, seen.answer]).toEqual([2, undefined])
    await scene.clock.advance(1)
    expect(seen.answer).toBe("v1")
    expect(scene.source.calls[1]?.signal.aborted).toBe(false)
    expect(scene.cache.stats()).toMatchObject({ stale: 1, failures: 0 })
  })
}

test("a load that is in time is the answer", async () => {
  const scene = await stale()
  scene.leasing.now = refused
  const seen = watched(scene.cache.get("a"))
  await scene.clock.advance(199)
  scene.source.calls[1]?.gate.resolve("v2")
  await scene.clock.advance(1)
  expect(seen.answer).toBe("v2")
})

test("a load that goes on under its lease stores its value", async () => {
  const scene = await stale()
  scene.leasing.now = evicted
  await Promise.all([scene.cache.get("a"), scene.clock.advance(200)])
  scene.leasing.now = undefined
  await scene.clock.advance(3_000)
  scene.source.calls[1]?.gate.resolve("v2")
  await scene.clock.settle()
  expect(await scene.cache.get("a")).toBe("v2")
  expect(scene.source.calls).toHaveLength(2)
})

test("a load that goes on under its lease stores nothing after an invalidation", async () => {
  const scene = await stale()
  scene.leasing.now = evicted
  await Promise.all([scene.cache.get("a"), scene.clock.advance(200)])
  scene.leasing.now = undefined
  await scene.cache.invalidate("a")
  scene.source.calls[1]?.gate.resolve("old")
  await scene.clock.settle()
  const seen = watched(scene.cache.get("a"))
  await scene.clock.settle()
  scene.source.calls[2]?.gate.resolve("new")
  await scene.clock.settle()
  expect(seen.answer).toBe("new")
})

test("who came during the load gets what was loaded, and no entry that was read before", async () => {
  const scene = await stale()
  scene.leasing.now = evicted
  const first = watched(scene.cache.get("a"))
  await scene.clock.advance(100)
  scene.leasing.now = undefined
  const second = watched(scene.cache.get("a"))
  await scene.clock.advance(100)
  expect([first.answer, second.answer]).toEqual(["v1", undefined])
  scene.source.calls[1]?.gate.resolve("v2")
  await scene.clock.settle()
  expect(second.answer).toBe("v2")
  expect(scene.source.calls).toHaveLength(2)
})

test("while it goes on nobody loads again, and the entry is served at once", async () => {
  const scene = await stale()
  scene.leasing.now = refused
  await Promise.all([scene.cache.get("a"), scene.clock.advance(200)])
  for (let read = 0; read < 5; read += 1) expect(await scene.cache.get("a")).toBe("v1")
  expect(scene.source.calls).toHaveLength(2)
  scene.source.calls[1]?.gate.resolve("v2")
  await scene.clock.settle()
  const seen = watched(scene.cache.get("a"))
  await scene.clock.settle()
  expect([scene.source.calls.length, seen.answer]).toEqual([3, undefined])
})

test("one that fails at last, by the hard timeout, lets its key rest", async () => {
  const scene = await stale()
  scene.leasing.now = refused
  await Promise.all([scene.cache.get("a"), scene.clock.advance(200)])
  await scene.clock.advance(4_799)
  expect(scene.source.calls[1]?.signal.aborted).toBe(false)
  await scene.clock.advance(1)
  expect(scene.source.calls[1]?.signal.aborted).toBe(true)
  expect(await scene.cache.get("a")).toBe("v1")
  await scene.clock.settle()
  expect(scene.source.calls).toHaveLength(2)
  await scene.clock.advance(1_000)
  const seen = watched(scene.cache.get("a"))
  await scene.clock.settle()
  expect([scene.source.calls.length, seen.answer]).toEqual([3, undefined])
})

test("who waits for a load of another process waits no longer than that", async () => {
  const scene = await stale()
  scene.leasing.now = async () => ({ is: "wait" })
  const seen = watched(scene.cache.get("a"))
  await scene.clock.advance(199)
  expect(seen.answer).toBeUndefined()
  await scene.clock.advance(1)
  expect(seen.answer).toBe("v1")
  expect(scene.source.calls).toHaveLength(1)
})

test("a lease that is slow to be asked for and then somebody else's is no failure: the next read asks again at once", async () => {
  const scene = await stale()
  const held = await scene
    .peer()
    .cache<string, string>({ ...policy, load: scene.source.load })
    .lookup("a")
  scene.leasing.now = async (store, address, request) => {
    await new Promise<void>((resolve) => void scene.clock.setTimeout(resolve, 300))
    return store.lease(address, request)
  }
  const seen = watched(scene.cache.get("a"))
  await scene.clock.advance(300)
  expect(seen.answer).toBe("v1")
  scene.leasing.now = undefined
  if (!held.hit) await held.release()
  expect(await scene.cache.get("a")).toBe("v1")
  await scene.clock.settle()
  expect(scene.source.calls).toHaveLength(2)
})

for (const [what, options, isExpired] of [
  ["past its grace by then", { grace: "1100ms" }, false],
  ["was expired, so that nobody can tell", {}, true],
] as const) {
  test(`an entry that is ${what} is not served: the load is waited for`, async () => {
    const scene = await stale(options)
    if (isExpired) await scene.cache.invalidate("a", { expire: true })
    scene.leasing.now = refused
    const seen = watched(scene.cache.get("a"))
    await scene.clock.advance(1_000)
    expect(seen.answer).toBeUndefined()
    scene.source.calls[1]?.gate.resolve("v2")
    await scene.clock.settle()
    expect(seen.answer).toBe("v2")
  })
}

test("without an entry in hand, and for a refresh, there is nothing but the hard timeout", async () => {
  const scene = await stale()
  scene.leasing.now = refused
  const miss = watched(scene.cache.get("b"))
  const refresh = watched(scene.cache.refresh("a"))
  await scene.clock.advance(4_999)
  expect([miss.error, refresh.error, refresh.answer]).toEqual([undefined, undefined, undefined])
  await scene.clock.advance(1)
  expect([miss.error, refresh.error]).toMatchObject([{ code: "LOAD_TIMEOUT" }, { code: "LOAD_TIMEOUT" }])
})

test("a caller who leaves before aborts the load, one who was answered does not", async () => {
  const scene = await stale()
  scene.leasing.now = refused
  const leaving = watched(scene.cache.get("a", { timeout: "100ms" }))
  await scene.clock.advance(100)
  expect(leaving.error).toMatchObject({ code: "CALL_TIMEOUT" })
  expect(scene.source.calls[1]?.signal.aborted).toBe(true)
})

test("of many keys the one in hand is answered, and the others are loaded without waiting for it", async () => {
  const scene = await stale()
  const many = gatedManySource<string>()
  const cache = scene.peer().cache<string, string>({ ...policy, load: scene.source.load, loadMany: many.loadMany })
  scene.leasing.now = refused
  const seen = watched(cache.getMany(["a", "b"]))
  await scene.clock.advance(200)
  expect(many.calls.map(({ keys }) => keys.toSorted())).toEqual([["a", "b"]])
  expect(seen.answer).toBeUndefined()
  many.calls[0]?.gate.resolve(new Map([["b", "B"]]))
  await scene.clock.settle()
  expect(seen.answer).toEqual(["v1", "B"])
})

test("a key that was answered so, and whose wait ends afterwards, holds no other key of the call up", async () => {
  const scene = await stale()
  const many = gatedManySource<string>()
  const cache = scene.peer().cache<string, string>({ ...policy, load: scene.source.load, loadMany: many.loadMany })
  const held = await scene.cache.lookup("b")
  scene.leasing.now = async (store, address, request) =>
    address.value.includes("item:a") ? { is: "wait" } : store.lease(address, request)
  const seen = watched(cache.getMany(["a", "b"]))
  await scene.clock.advance(200)
  await scene.cache.invalidate("a")
  await scene.clock.settle()
  if (!held.hit) await held.release()
  await scene.clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"]])
  many.calls[0]?.gate.resolve(new Map([["b", "B"]]))
  await scene.clock.settle()
  expect(seen.answer).toEqual(["v1", "B"])
})

test("options that make no sense are refused by name", () => {
  const { holdfast } = testBed()
  const make = (options: object) => () =>
    holdfast.cache({ name: "item", ttl: "10s", grace: "1m", load: () => 1, ...options } as never)
  expect(make({ loadTimeout: { soft: "5s", hard: "5s" } })).toThrow("`loadTimeout.soft` must be shorter")
  expect(make({ loadTimeout: { soft: "30s" } })).toThrow("`loadTimeout.soft` must be shorter")
  expect(make({ loadTimeout: { soft: "1s" }, grace: "0s" })).toThrow("`loadTimeout.soft` is of no use without `grace`")
  expect(make({ loadTimeout: { soft: 5 } })).toThrow("`loadTimeout.soft` is the bare number 5")
  expect(make({ loadTimeout: {} })).toThrow("`loadTimeout`")
  make({ loadTimeout: { seconds: 3 } })()
})
