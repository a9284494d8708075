import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { type TestBed, gatedSource, overriding, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%" } as const
const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")

test("a write stores the writer's value, and the next read loads nothing", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "loaded" })
  expect(await cache.write("a", async () => "written")).toEqual({ value: "written", stored: true, delivered: true })
  expect(await cache.get("a")).toBe("written")
  expect(cache.stats().loads).toBe(0)
})

test("a writer that returns nothing, or throws, invalidates", async () => {
  const { holdfast } = testBed()
  let source = "v1"
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => source })
  await cache.get("a")
  source = "v2"
  expect(await cache.write("a", async () => undefined)).toEqual({ value: undefined, stored: false, delivered: true })
  expect(await cache.get("a")).toBe("v2")
  source = "v3"
  const boom = new Error("may have committed")
  await expect(cache.write("a", async () => Promise.reject(boom))).rejects.toBe(boom)
  expect(await cache.get("a")).toBe("v3")
})

test("two overlapping writers store neither value, in whichever order they close", async () => {
  for (const firstToClose of [0, 1] as const) {
    const bed = testBed()
    const caches = [bed.holdfast, bed.peer()].map((process) =>
      process.cache({ name: "item", ...policy, load: async (_id: string) => "from source" }),
    )
    const gates = [deferred<string>(), deferred<string>()] as const
    const writes = caches.map((cache, n) => cache.write("a", () => (gates[n] as (typeof gates)[0]).promise))
    await bed.clock.settle()
    gates[firstToClose].resolve("one")
    await writes[firstToClose]
    gates[firstToClose === 0 ? 1 : 0].resolve("two")
    expect(await Promise.all(writes)).toMatchObject([{ stored: false }, { stored: false }])
    expect(await caches[0]?.get("a")).toBe("from source")
  }
})

test("an invalidation during a write keeps its value out", async () => {
  const { holdfast, peer, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "from source" })
  const other = peer().cache({ name: "item", ...policy, load: async (_id: string) => "from source" })
  const gate = deferred<string>()
  const write = cache.write("a", () => gate.promise)
  await clock.settle()
  await other.invalidate("a")
  gate.resolve("mine")
  expect(await write).toMatchObject({ stored: false, delivered: true })
  expect(await cache.peek("a")).toBeUndefined()
})

test("a write voids the lease of a load that began before it", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const reading = cache.get("a")
  await clock.settle()
  await cache.write("a", async () => "new")
  source.calls[0]?.gate.resolve("old")
  expect(await reading).toBe("old")
  expect(await cache.get("a")).toBe("new")
})

test("a window lives as long as its writer, and a lease as long as its loader", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const gate = deferred<string>()
  const write = cache.write("a", () => gate.promise)
  const read = cache.get("b")
  await clock.advance(20_000)
  gate.resolve("slow")
  source.calls[0]?.gate.resolve("slow too")
  expect(await write).toMatchObject({ stored: true })
  expect(await read).toBe("slow too")
  expect(await cache.peek("b")).toBe("slow too")
})

interface Row {
  readonly text: string
  readonly version: number
}

function versioned({ holdfast }: TestBed, load: (id: string) => Promise<Row>) {
  return holdfast.cache({ name: "row", ...policy, load, version: (row: Row) => row.version })
}

test("a load that carries an older version than the invalidation is used and not kept", async () => {
  const bed = testBed()
  let row: Row = { text: "old", version: 1 }
  const cache = versioned(bed, async () => row)
  await cache.invalidate("a", { version: 2 })
  expect(await cache.get("a")).toEqual(row)
  expect(await cache.peek("a")).toBeUndefined()
  row = { text: "new", version: 2 }
  expect(await cache.get("a")).toEqual(row)
  expect(await cache.peek("a")).toEqual(row)
})

test("a drop turns the version of what it drops into the tombstone", async () => {
  const bed = testBed()
  let row: Row = { text: "new", version: 5 }
  const cache = versioned(bed, async () => row)
  await cache.get("a")
  await cache.invalidate("a")
  row = { text: "replica lags", version: 4 }
  await cache.get("a")
  expect(await cache.peek("a")).toBeUndefined()
})

test("a versioned put stores what is provably newer, refuses what is older, and invalidates without evidence", async () => {
  const bed = testBed()
  const cache = versioned(bed, async () => ({ text: "v3", version: 3 }))
  expect(await cache.put("a", { text: "v9", version: 9 })).toEqual({ stored: false, delivered: true })
  await cache.invalidate("b", { version: 1 })
  await cache.get("b")
  expect(await cache.put("b", { text: "v2", version: 2 })).toMatchObject({ stored: false })
  expect(await cache.put("b", { text: "v4", version: 4 })).toMatchObject({ stored: true })
  expect(await cache.get("b")).toEqual({ text: "v4", version: 4 })
})

test("put is refused where it would be a stale set, and works without a loader", async () => {
  const { holdfast } = testBed()
  const loading = holdfast.cache({ name: "loading", ...policy, load: async (_id: string) => "v" })
  await expect(
    (loading as unknown as { put(k: string, v: string): Promise<unknown> }).put("a", "v"),
  ).rejects.toMatchObject({
    code: "PUT_NOT_SAFE",
  })
  const manual = holdfast.cache<string, string>({ name: "manual", ...policy })
  expect(await manual.put("a", "v")).toEqual({ stored: true, delivered: true })
  expect(await manual.peek("a")).toBe("v")
})

test("while the store is away a write goes through, its key is read from the source, and the store is told when it is back", async () => {
  let off = false
  const { holdfast, clock } = testBed((store) => switchable(store, () => off, away))
  let source = "v1"
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => source })
  await cache.get("a")
  off = true
  expect(await cache.write("a", async () => (source = "v2"))).toEqual({ value: "v2", stored: false, delivered: false })
  expect(await cache.get("a")).toBe("v2")
  expect(await holdfast.health().catch(() => undefined)).toBeUndefined()
  off = false
  expect(await cache.get("a")).toBe("v2")
  expect(await cache.peek("a")).toBeUndefined()
  expect((await cache.explain("a")).state).toBe("undelivered")
  await clock.advance(2_000)
  expect((await cache.explain("a")).state).toBe("absent")
  expect(await cache.get("a")).toBe("v2")
  expect(await cache.peek("a")).toBe("v2")
})

test("a journal that is full says so instead of losing an invalidation", async () => {
  const { holdfast } = testBed((store) => switchable(store, () => true, away))
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v" })
  for (const key of ["a", "b", "c", "a"]) expect(await cache.invalidate(key)).toEqual({ delivered: false })
  await expect(cache.invalidate("d")).rejects.toMatchObject({ code: "INVALIDATION_BACKLOG_FULL" })
})

test("expire keeps the value for stale serving while it is loaded again", async () => {
  const { holdfast, clock } = testBed()
  let source = "v1"
  const cache = holdfast.cache({ name: "item", ...policy, grace: "5s", load: async (_id: string) => source })
  await cache.get("a")
  source = "v2"
  await cache.invalidate("a", { expire: true })
  expect(await cache.get("a")).toBe("v1")
  await clock.settle()
  expect(await cache.get("a")).toBe("v2")
})

test("a written value that is too large still leaves its version behind", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    maxValueBytes: 60,
    load: async (_id: string): Promise<Row> => ({ text: "replica lags", version: 4 }),
    version: (row) => row.version,
  })
  await cache.write("a", () => ({ text: "x".repeat(100), version: 5 }))
  expect(await cache.get("a")).toMatchObject({ version: 4 })
  expect(await cache.peek("a")).toBeUndefined()
})

test("the version of a write bars older loads although its window was never opened", async () => {
  const { holdfast } = testBed((store) =>
    overriding(store, { openWindow: () => Promise.reject(new HoldfastError("COMMAND_TIMEOUT", "lost.")) }),
  )
  let row = { text: "v4", version: 4 }
  const cache = holdfast.cache({ name: "row", ...policy, load: async (_id: string) => row, version: (v) => v.version })
  await cache.get("a")
  expect(await cache.write("a", () => ({ text: "v5", version: 5 }))).toMatchObject({ stored: false, delivered: true })
  row = { text: "replica lags", version: 4 }
  await cache.get("a")
  expect(await cache.peek("a")).toBeUndefined()
})

test("a version is refused where it means nothing", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v" })
  await expect(cache.invalidate("a", { version: 3 })).rejects.toMatchObject({ code: "INVALID_OPTION" })
})

test("a put of what the codec cannot carry says so and changes nothing", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache<string, unknown>({ name: "item", ...policy })
  await cache.put("a", "kept")
  await expect(cache.put("a", () => {})).rejects.toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
  expect(await cache.peek("a")).toBe("kept")
})

test("explain shows versions as they were given", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    load: async (id: string) => ({ id, v: 42 }),
    version: ({ v }) => v,
  })
  await cache.get("a")
  expect((await cache.explain("a")).version).toBe("42")
  await cache.invalidate("a", { version: "abc" })
  expect((await cache.explain("a")).tombstone?.version).toBe("abc")
})

test("a written value that the codec cannot carry is told with its place, and the change holds", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string): Promise<object> => ({}) })
  const value = { price: { of: () => 1 } }
  expect(await cache.write("a", () => value)).toEqual({ value, stored: false, delivered: true })
  const told = events.filter(({ name }) => name === "value-not-encodable")
  expect(told).toMatchObject([{ cache: "item", error: "VALUE_NOT_ENCODABLE", path: "value.price.of" }])
})
