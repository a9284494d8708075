import { expect, test } from "vitest"
import { gatedSource, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%" } as const

test("an aborted caller is detached with its signal's reason, and the others get the load", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const control = new AbortController()
  const leaving = cache.get("a", { signal: control.signal })
  const staying = cache.get("a")
  await clock.settle()
  const reason = new Error("not needed any more")
  control.abort(reason)
  await expect(leaving).rejects.toBe(reason)
  expect(source.calls[0]?.signal.aborted).toBe(false)
  source.calls[0]?.gate.resolve("v")
  expect(await staying).toBe("v")
})

test("when the last caller leaves, the load is aborted, and nobody who comes later boards it", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const control = new AbortController()
  const leaving = cache.get("a", { signal: control.signal })
  await clock.settle()
  control.abort()
  const next = cache.get("a")
  await expect(leaving).rejects.toMatchObject({ name: "AbortError" })
  expect(source.calls[0]?.signal.aborted).toBe(true)
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("v")
  expect(await next).toBe("v")
})

test("a caller's timeout detaches that caller only", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const hasty = cache.get("a", { timeout: "100ms" })
  const patient = cache.get("a")
  const detached = expect(hasty).rejects.toMatchObject({ code: "CALL_TIMEOUT" })
  await clock.advance(100)
  await detached
  source.calls[0]?.gate.resolve("v")
  expect(await patient).toBe("v")
})

test("a loader that hangs and ignores its signal fails its callers at the hard timeout and gives its place back", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, sourceConcurrency: 1, loadTimeout: "3s", load: source.load })
  const hanging = cache.get("a")
  const failed = expect(hanging).rejects.toMatchObject({ code: "LOAD_TIMEOUT" })
  await clock.advance(3_000)
  await failed
  expect(source.calls[0]?.signal.aborted).toBe(true)
  const other = cache.get("b")
  await clock.settle()
  source.calls[1]?.gate.resolve("v")
  expect(await other).toBe("v")
  source.calls[0]?.gate.resolve("late")
  await clock.settle()
  expect(await cache.peek("a")).toBeUndefined()
})

test("no more than sourceConcurrency loads run at a time", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, sourceConcurrency: 2, load: source.load })
  const answers = ["a", "b", "c", "d"].map((key) => cache.get(key))
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[0]?.gate.resolve("v")
  await clock.settle()
  expect(source.calls).toHaveLength(3)
  source.calls[1]?.gate.resolve("v")
  await clock.settle()
  for (const { gate } of source.calls) gate.resolve("v")
  expect(await Promise.all(answers)).toEqual(["v", "v", "v", "v"])
})

test("closed is closed", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async () => 1 })
  await holdfast.close()
  await holdfast.close()
  await expect(cache.get("a")).rejects.toMatchObject({ code: "CLOSED" })
})
