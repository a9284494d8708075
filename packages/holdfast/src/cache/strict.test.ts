import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { gatedSource, overriding, switchable, testBed } from "./cache.fixture.ts"
import { policy, settle, settledBed, termMs } from "./strict.fixture.ts"

test("a key that nothing is known of is read from the source for one term, and then stored", async () => {
  const { clock, holdfast } = testBed()
  let loads = 0
  const cache = holdfast.cache({ ...policy, load: async (_id: string) => `load ${(loads += 1)}` })
  expect(await cache.get("a")).toBe("load 1")
  await clock.advance(termMs - 1)
  expect(await cache.get("a")).toBe("load 2")
  await clock.advance(1)
  expect(await cache.get("a")).toBe("load 3")
  expect(await cache.get("a")).toBe("load 3")
})

test("a read that begins after the commit gets the new value, in every process, before the window is closed", async () => {
  const { bed, row, cache, cacheOf, clock } = await settledBed()
  const other = cacheOf(bed.peer())
  const closing = deferred<string>()
  const writing = cache.write("a", () => closing.promise)
  await clock.settle()
  expect(await other.get("a"), "not committed yet").toBe("v1")
  row.value = "v2"
  expect(await other.get("a")).toBe("v2")
  expect(await cache.get("a")).toBe("v2")
  closing.resolve("v2")
  expect(await writing).toEqual({ value: "v2", stored: true, delivered: true })
  const { loads } = row
  expect(await other.get("a")).toBe("v2")
  expect(row.loads).toBe(loads)
})

test("a load that began before the window cannot be stored, nor can one that begins while it is open", async () => {
  const { clock, holdfast, peer } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, load: source.load })
  const writer = peer().cache({ ...policy, load: source.load })
  const first = cache.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await clock.advance(termMs)
  const before = cache.get("a")
  await clock.settle()
  const closing = deferred<undefined>()
  const writing = writer.write("a", () => closing.promise)
  await clock.settle()
  source.calls[1]?.gate.resolve("v1")
  expect(await before).toBe("v1")
  const during = cache.get("a")
  await clock.settle()
  source.calls[2]?.gate.resolve("v1")
  expect(await during).toBe("v1")
  closing.resolve(undefined)
  await writing
  const after = cache.get("a")
  await clock.settle()
  source.calls[3]?.gate.resolve("v2")
  expect(await after).toBe("v2")
})

test("a writer that dies after its commit costs one term of reads from the source, and no stale one", async () => {
  const { bed, row, cache, cacheOf, clock, store } = await settledBed()
  const dead = overriding(store, {
    extendWindow: () => new Promise(() => {}),
    closeWindow: () => new Promise(() => {}),
  })
  cacheOf(bed.peer(dead))
    .write("a", () => (row.value = "v2"))
    .then(
      () => {},
      () => {},
    )
  await clock.settle()
  for (const passMs of [0, termMs / 2, termMs / 2 - 1]) {
    await clock.advance(passMs)
    const { loads } = row
    expect(await cache.get("a")).toBe("v2")
    expect(row.loads).toBe(loads + 1)
  }
  await clock.advance(2)
  await cache.get("a")
  const { loads } = row
  expect(await cache.get("a")).toBe("v2")
  expect(row.loads).toBe(loads)
})

test("a writer that throws may commit later, so its key is read from the source until its term has passed", async () => {
  const { row, cache, clock } = await settledBed()
  await expect(cache.write("a", () => Promise.reject(new Error("no answer to COMMIT")))).rejects.toThrow("no answer")
  expect(await cache.get("a"), "not committed yet").toBe("v1")
  await clock.advance(termMs - 1)
  row.value = "v2"
  expect(await cache.get("a")).toBe("v2")
  await clock.advance(2)
  await cache.get("a")
  const { loads } = row
  expect(await cache.get("a")).toBe("v2")
  expect(row.loads, "stored again").toBe(loads)
})

test("a write is refused before its writer is called when the store cannot be told", async () => {
  let off = false
  let refusal = new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { cache, row, bed } = await settledBed((store) =>
    switchable(
      store,
      () => off,
      () => refusal,
    ),
  )
  off = true
  const called: string[] = []
  await expect(cache.write("a", () => `call ${called.push("writer")}`)).rejects.toMatchObject({
    code: "WINDOW_NOT_OPENED",
  })
  expect(called).toEqual([])
  refusal = new HoldfastError("SERVER_REFUSED", "no.", { facts: { reply: "NOPERM", permission: "+hset" } })
  const refused = cache.write("a", () => "v2")
  await expect(refused).rejects.toMatchObject({ code: "WINDOW_NOT_OPENED", retryable: false })
  await expect(refused).rejects.toThrow("was not opened: the user lacks the permission +hset.")
  const willing = bed.peer().cache({ ...policy, onUnavailable: "write", load: async (_id: string) => row.value })
  expect(await willing.write("a", () => "v2")).toEqual({ value: "v2", stored: false, delivered: false })
})

test("an entry that was stored under another run of the server is a miss", async () => {
  let run = "1".repeat(16)
  const { cache, row } = await settledBed((store) => overriding(store, { runOf: () => run }))
  await cache.write("a", () => "v1")
  const { loads } = row
  await cache.get("a")
  expect(row.loads).toBe(loads)
  run = "2".repeat(16)
  row.value = "v2"
  expect(await cache.peek("a")).toBeUndefined()
  expect(await cache.get("a")).toBe("v2")
})

test("an absence is not remembered unless the cache says so", async () => {
  for (const [negativeTtl, loads] of [
    [undefined, 3],
    ["10s", 2],
  ] as const) {
    const bed = testBed()
    let called = 0
    const cache = bed.holdfast.cache({
      ...policy,
      ...(negativeTtl && { negativeTtl }),
      load: async (_id: string): Promise<string | undefined> => {
        called += 1
        return undefined
      },
    })
    await settle(bed, () => cache.get("a"))
    await cache.get("a")
    expect(called).toBe(loads)
  }
})

test("put invalidates in a strict cache, even what is older", async () => {
  const bed = testBed()
  const cache = bed.holdfast.cache({
    ...policy,
    version: (row: { readonly version: number }) => row.version,
    load: async (_id: string) => ({ version: 1 }),
  })
  await settle(bed, () => cache.get("a"))
  expect(await cache.put("a", { version: 2 })).toEqual({ stored: false, delivered: true })
  expect(await cache.peek("a")).toBeUndefined()
})

test.for([
  [{ local: {} }, "local"],
  [{ grace: "1m" }, "grace"],
  [{ windowTerm: "99ms" }, "windowTerm"],
  [{ onUnavailable: "wait" as never }, "onUnavailable"],
  [{ consistency: "eventual" as never }, "consistency"],
  [{ consistency: "leased" }, "windowTerm"],
  [{ consistency: "leased", windowTerm: undefined, onUnavailable: "fail" }, "onUnavailable"],
] as const)("strict options that contradict it are refused: %j", ([options, named]) => {
  const { holdfast } = testBed()
  const make = () => holdfast.cache({ ...policy, ...(options as object), load: async (_id: string) => "v" })
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(named) }))
})
