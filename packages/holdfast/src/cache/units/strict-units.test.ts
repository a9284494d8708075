import { expect, test, vi } from "vitest"
import type { Store } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { switchable, testBed, type TestBed } from "../cache.fixture.ts"
import type { WriteContext } from "../write-window.ts"
import { gatedWork, recording } from "./unit.fixture.ts"
import type { UnitDelivery } from "./unit.ts"

const policy = { name: "stock", ttl: "1m", jitter: "0%", consistency: "strict", windowTerm: "5s" } as const
const termMs = 5000
const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "off.")

/** A strict cache over one row whose key is settled, in two processes, and what reaches the store. */
async function strictBed(wrap: (store: Store) => Store = (store) => store) {
  let calls: string[] = []
  const bed = testBed((inner) => {
    const recorded = recording(wrap(inner))
    calls = recorded.calls
    return recorded.store
  })
  const row = { value: "old", loads: 0 }
  const cacheOf = (holdfast: TestBed["holdfast"]) =>
    holdfast.cache({
      ...policy,
      load: async (_id: string) => {
        row.loads += 1
        return row.value
      },
    })
  const other = cacheOf(bed.peer())
  const elsewhere = bed.peer()
  const willing = elsewhere.cache({ ...policy, onUnavailable: "write", load: async (_id: string) => row.value })
  await other.get("a")
  await bed.clock.advance(termMs)
  await other.get("a")
  const readsLoad = async (): Promise<boolean> => {
    const { loads } = row
    await other.get("a")
    return row.loads > loads
  }
  return { ...bed, row, calls, cache: cacheOf(bed.holdfast), other, elsewhere, willing, readsLoad }
}

test("naming a strict key opens its window at once, and no read after the commit gets the old value", async () => {
  const { holdfast, cache, other, row, calls, clock } = await strictBed()
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => {
    begun.invalidate(cache, "a")
    begun.invalidate(cache, "a")
  })
  expect(calls).toEqual(["openWindow test:{stock:a}"])
  await unit.opened()
  expect(await other.get("a"), "not committed yet").toBe("old")
  row.value = "new"
  expect(await other.get("a"), "committed, and the work has not resolved").toBe("new")
  gate.resolve("result")
  expect(await done).toBe("result")
  expect(calls).toEqual(["openWindow test:{stock:a}", "closeWindow test:{stock:a}"])
  await other.get("a")
  const { loads } = row
  expect(await other.get("a")).toBe("new")
  expect(row.loads, "stored again").toBe(loads)
  await clock.advance(termMs)
})

test("what a writer of a strict cache is told, the work is told for all windows named so far", async () => {
  const { holdfast, cache, clock, memory } = await strictBed()
  const contexts: WriteContext[] = []
  const { unit, gate, done } = await gatedWork(holdfast)
  expect((await unit.opened()).deadline.remainingMs).toBe(Infinity)
  unit.invalidate(cache, "a")
  contexts.push(await unit.opened())
  await clock.advance(1000)
  unit.invalidate(cache, "b")
  contexts.push(await unit.opened())
  expect(contexts.map(({ deadline }) => deadline.remainingMs)).toEqual([termMs - 1000, termMs - 1000])
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false])
  memory.evict("test:{stock:b}:ctl")
  await clock.advance(termMs / 3)
  expect(contexts[0]?.signal.aborted).toBe(false)
  expect(contexts[1]?.signal.reason).toMatchObject({ code: "WINDOW_LOST", facts: { why: "gone" } })
  gate.resolve("done")
  await done
})

test("a window that cannot be opened rejects, so that the transaction is rolled back", async () => {
  let off = false
  const { holdfast, cache, elsewhere, willing } = await strictBed((store) => switchable(store, () => off, away))
  off = true
  const work = holdfast.afterCommit(async (unit) => {
    unit.invalidate(cache, "a")
    await unit.opened()
    throw new Error("not reached")
  })
  await expect(work).rejects.toMatchObject({ code: "WINDOW_NOT_OPENED" })
  const deliveries: UnitDelivery[] = []
  const onDelivery = (delivery: UnitDelivery): void => void deliveries.push(delivery)
  await elsewhere.afterCommit(
    async (unit) => {
      unit.invalidate(willing, "a")
      expect((await unit.opened()).deadline.remainingMs).toBe(Infinity)
    },
    { onDelivery },
  )
  expect(deliveries, "the promise was given up by name").toEqual([{ delivered: false, errors: [] }])
})

test("a commit that did not wait for its windows is loud, and its keys are invalidated all the same", async () => {
  const warnings: unknown[] = []
  const warned = vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(warning))
  try {
    const { holdfast, cache, calls, events, clock } = await strictBed()
    const deliveries: UnitDelivery[] = []
    for (const key of ["a", "b"]) {
      const onDelivery = (delivery: UnitDelivery): void => void deliveries.push(delivery)
      const { unit, gate, done } = await gatedWork(holdfast, () => {}, { onDelivery })
      unit.invalidate(cache, "c")
      await unit.opened()
      unit.invalidate(cache, key)
      gate.resolve("committed")
      expect(await done).toBe("committed")
      await clock.settle()
    }
    const error = expect.objectContaining({ code: "WINDOW_NOT_AWAITED", facts: { cache: "stock" } })
    expect(deliveries).toEqual([
      { delivered: true, errors: [error] },
      { delivered: true, errors: [error] },
    ])
    expect(calls.filter((call) => call.startsWith("closeWindow"))).toHaveLength(4)
    expect(events).toContainEqual({ name: "window-not-awaited", cache: "stock", key: "test:{stock:b}" })
    expect(warnings).toEqual([expect.stringContaining("WINDOW_NOT_AWAITED")])
  } finally {
    warned.mockRestore()
  }
})

test("after an error the windows stay until their term has passed, because the commit may still come", async () => {
  const { holdfast, cache, other, row, clock, calls, readsLoad } = await strictBed()
  const work = holdfast.afterCommit(async (unit) => {
    unit.invalidate(cache, "a")
    await unit.opened()
    throw new Error("no answer to COMMIT")
  })
  await expect(work).rejects.toThrow("no answer")
  await clock.advance(termMs - 1)
  expect(await readsLoad(), "nothing is stored").toBe(true)
  row.value = "new"
  expect(await other.get("a"), "committed late").toBe("new")
  expect(calls).toEqual(["openWindow test:{stock:a}"])
  await clock.advance(2)
  await other.get("a")
  expect(await readsLoad()).toBe(false)
})

test("after an error that drops, the windows are closed", async () => {
  const { holdfast, cache, calls, other, readsLoad } = await strictBed()
  const work = holdfast.afterCommit(
    async (unit) => {
      unit.invalidate(cache, "a")
      throw new Error("rolled back")
    },
    { onThrow: "drop" },
  )
  await expect(work).rejects.toThrow("rolled back")
  expect(calls).toEqual(["openWindow test:{stock:a}", "closeWindow test:{stock:a}"])
  await other.get("a")
  expect(await readsLoad()).toBe(false)
})

test("after an error a window that was never open invalidates its key, unless it drops", async () => {
  for (const [onThrow, told] of [
    ["invalidate", ["invalidate test:{stock:a}"]],
    ["drop", []],
  ] as const) {
    let off = false
    const { elsewhere, willing, calls } = await strictBed((store) => switchable(store, () => off, away))
    off = true
    const { unit, gate, done } = await gatedWork(elsewhere, (begun) => begun.invalidate(willing, "a"), { onThrow })
    await unit.opened()
    off = false
    calls.length = 0
    gate.reject(new Error("rolled back"))
    await expect(done).rejects.toThrow("rolled back")
    expect(calls).toEqual(told)
  }
})

test("a window is prolonged while the work runs, and no longer", async () => {
  const { holdfast, cache, other, clock, readsLoad } = await strictBed()
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"))
  await unit.opened()
  await clock.advance(termMs * 2)
  expect(await readsLoad()).toBe(true)
  gate.reject(new Error("gave up"))
  await expect(done).rejects.toThrow("gave up")
  await clock.advance(termMs + 1)
  await other.get("a")
  expect(await readsLoad()).toBe(false)
})

test("work that never ends keeps its strict keys out of the store for ten terms", async () => {
  const { holdfast, cache, other, clock, readsLoad } = await strictBed()
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"))
  const { signal } = await unit.opened()
  await clock.advance(termMs)
  expect(signal.reason).toMatchObject({ code: "WINDOW_LOST", facts: { why: "term" } })
  await clock.advance(termMs * 8.5)
  await other.get("a")
  expect(await readsLoad()).toBe(true)
  await clock.advance(termMs / 2 + 1)
  await other.get("a")
  expect(await readsLoad()).toBe(false)
  gate.resolve("late")
  expect(await done).toBe("late")
  expect(await readsLoad(), "its end invalidates").toBe(true)
})

test("work that throws after its windows were given up invalidates its strict keys", async () => {
  const { holdfast, cache, other, row, clock } = await strictBed()
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"))
  await unit.opened()
  await clock.advance(termMs * 10 + 1)
  await other.get("a")
  expect(await other.peek("a")).toBe("old")
  row.value = "new"
  gate.reject(new Error("no answer to COMMIT"))
  await expect(done).rejects.toThrow("no answer")
  expect(await other.get("a")).toBe("new")
})
