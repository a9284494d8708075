import { until } from "@holdfast/servers"
import { createHoldfast } from "holdfast"
import { virtualClock } from "holdfast/testing"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { Actor } from "../cache-actor.ts"
import { deferred } from "../deferred.ts"
import { useStage, type CacheWorker } from "../stage.ts"

const stage = useStage()

let here: Actor
let there: CacheWorker
beforeEach(async () => {
  here = await stage.actor()
  there = await stage.worker("there")
})
afterEach(() => there.call("failLoads", undefined))

test("callers of this process get the very error, and the next read loads again", async () => {
  const errors = [new Error("source down"), "a string", undefined, { status: 503 }, new RangeError("thrown at once")]
  for (const [at, error] of errors.entries()) {
    let loads = 0
    const cache = here.holdfast.cache({
      name: `throws${at}`,
      ttl: "60s",
      load: (_key: string): Promise<string> => {
        loads += 1
        if (loads > 1) return Promise.resolve("well again")
        if (error instanceof RangeError) throw error
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- users' loaders do that
        return Promise.reject(error)
      },
    })
    const answers = await Promise.allSettled([cache.get("a"), cache.get("a"), cache.get("a")])
    for (const answer of answers) {
      expect(answer.status).toBe("rejected")
      expect((answer as PromiseRejectedResult).reason).toBe(error)
    }
    expect(loads).toBe(1)
    expect(await cache.get("a")).toBe("well again")
    expect(cache.stats()).toMatchObject({ loads: 2, loadErrors: 1, failures: 3 })
  }
})

test("waiters in another process share the failure as LOAD_FAILED_ELSEWHERE, and their next read loads", async () => {
  const key = stage.key()
  await here.commit(key)
  here.hold("load")
  here.failLoads("source down")
  const failing = here.get(key).catch((error: unknown) => error)
  await here.reached("load")
  const before = await waits(there)
  const waiting = there.call("get", key).catch((error: unknown) => error)
  await waitsExceed(there, before)
  here.open("load")
  expect(await failing).toMatchObject({ message: "source down" })
  expect(await waiting).toMatchObject({ name: "HoldfastError", code: "LOAD_FAILED_ELSEWHERE" })
  expect(await there.call("get", key)).toBe(1)
  expect(await here.peek(key)).toBe(1)
})

test("a caller that aborts gets its signal's reason and detaches itself only", async () => {
  const gate = deferred<string>()
  const signals: AbortSignal[] = []
  const cache = here.holdfast.cache({
    name: "shared",
    ttl: "60s",
    load: async (_key: string, { signal }) => {
      signals.push(signal)
      return gate.promise
    },
  })
  const control = new AbortController()
  const leaving = cache.get("a", { signal: control.signal })
  const staying = cache.get("a")
  await started(cache)
  const reason = new Error("the user went away")
  control.abort(reason)
  await expect(leaving).rejects.toBe(reason)
  gate.resolve("value")
  expect(await staying).toBe("value")
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  expect(cache.stats()).toMatchObject({ loads: 1, loadErrors: 0 })
  expect(await cache.peek("a")).toBe("value")
})

test("when the last caller has left, the loader's signal is aborted and the key is free", async () => {
  const signals: AbortSignal[] = []
  const cache = here.holdfast.cache({
    name: "left",
    ttl: "60s",
    load: (_key: string, { signal }) => {
      signals.push(signal)
      if (signals.length > 1) return Promise.resolve("second load")
      return new Promise<string>((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      )
    },
  })
  const controls = [new AbortController(), new AbortController()]
  const callers = controls.map(({ signal }) => cache.get("a", { signal }).catch((error: unknown) => error))
  await started(cache)
  for (const [at, control] of controls.entries()) {
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    control.abort(new Error(`caller ${at} left`))
  }
  expect(await Promise.all(callers)).toMatchObject([{ message: "caller 0 left" }, { message: "caller 1 left" }])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  const startedMs = performance.now()
  expect(await cache.get("a")).toBe("second load")
  expect(performance.now() - startedMs).toBeLessThan(900)
})

test("a load that nobody waits for any more has not failed: who waits in another process loads for itself", async () => {
  const key = stage.key()
  await here.commit(key)
  here.hold("load")
  const control = new AbortController()
  const leaving = here.get(key, { signal: control.signal }).catch((error: unknown) => error)
  await here.reached("load")
  const before = await waits(there)
  const waiting = there.call("get", key)
  await waitsExceed(there, before)
  control.abort()
  expect(await leaving).toMatchObject({ name: "AbortError" })
  expect(await waiting).toBe(1)
  here.open("load")
  expect(await here.peek(key)).toBe(1)
})

test("a signal that was aborted before the call, and a timeout, end the call and nothing else", async () => {
  const key = stage.key()
  await here.commit(key)
  const reason = new Error("never mind")
  await expect(here.get(key, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  here.hold("load")
  await expect(here.get(key, { timeout: "20ms" })).rejects.toMatchObject({ code: "CALL_TIMEOUT" })
  here.open("load")
  expect(await here.get(key)).toBe(1)
})

test("a call whose options are wrong rejects once, and leaves no other rejection behind", async () => {
  const cache = here.holdfast.cache({ name: "wrong", ttl: "60s", load: () => Promise.reject(new Error("source down")) })
  const wrong = [{ timeout: 5 }, { timeout: "soon" }, { timeout: "-1s" }, { signal: {} }] as unknown as {
    timeout: "1s"
  }[]
  for (const options of wrong) await expect(cache.get("a", options)).rejects.toBeInstanceOf(Error)
  await expect(cache.get("a")).rejects.toThrow("source down")
})

test("a loader that hangs is aborted at the hard limit, and its late answer is not kept", async () => {
  const clock = virtualClock()
  await using holdfast = createHoldfast({ namespace: "virtual", clock })
  const late = deferred<string>()
  const signals: AbortSignal[] = []
  const cache = holdfast.cache({
    name: "hangs",
    ttl: "60s",
    loadTimeout: "5s",
    sourceConcurrency: 1,
    load: (_key: string, { signal }) => {
      signals.push(signal)
      // It ignores its signal.
      return signals.length === 1 ? late.promise : Promise.resolve("fresh")
    },
  })
  const readings = [cache.get("a"), cache.get("a")].map((reading) => reading.catch((error: unknown) => error))
  await clock.advance(4999)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await clock.advance(1)
  expect(await Promise.all(readings)).toMatchObject([{ code: "LOAD_TIMEOUT" }, { code: "LOAD_TIMEOUT" }])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  // Its place in the bulkhead, of which there is one, is free again.
  expect(await clock.runUntil(cache.get("a"))).toBe("fresh")
  late.resolve("late")
  await clock.settle()
  expect(await cache.get("a")).toBe("fresh")
  expect(cache.stats()).toMatchObject({ loads: 2, loadErrors: 1, fills: 1 })
})

test("a load that waits for a free place in front of the source is bounded by the same limit", async () => {
  const clock = virtualClock()
  await using holdfast = createHoldfast({ namespace: "virtual", clock })
  const cache = holdfast.cache({
    name: "crowded",
    ttl: "60s",
    loadTimeout: "5s",
    sourceConcurrency: 1,
    load: (_key: string) => new Promise<string>(() => {}),
  })
  const readings = ["a", "b", "c"].map((key) => cache.get(key).catch((error: unknown) => error))
  await clock.advance(5000)
  const answers = await clock.runUntil(Promise.all(readings), 0)
  expect(answers).toMatchObject(["a", "b", "c"].map(() => ({ code: "LOAD_TIMEOUT" })))
})

/** Resolves when a load of this cache is under way. */
async function started(cache: { stats(): { loads: number } }): Promise<void> {
  while (cache.stats().loads === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** How often a read of this worker has waited for another process's load. */
async function waits(worker: CacheWorker): Promise<number> {
  return (await worker.call("stats")).waits
}

async function waitsExceed(worker: CacheWorker, before: number): Promise<void> {
  const more = await until(async () => (await waits(worker)) > before, { timeoutMs: 5000 })
  expect(more, "nobody waits for another process's load").toBe(true)
}
