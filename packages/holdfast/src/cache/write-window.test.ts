import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { overriding, testBed } from "./cache.fixture.ts"
import { settledBed, termMs } from "./strict.fixture.ts"
import type { WriteContext } from "./write-window.ts"

test("the writer is told when its window has gone, and when its term has passed", async () => {
  const { cache, clock, memory } = await settledBed()
  const contexts: WriteContext[] = []
  const closing = deferred<undefined>()
  const write = () =>
    cache.write("a", (context) => {
      contexts.push(context)
      return closing.promise
    })
  const writes = [write()]
  await clock.settle()
  await clock.advance(1000)
  expect(contexts[0]?.deadline.remainingMs).toBe(termMs - 1000)
  expect(() => contexts[0]?.deadline.require("4s")).not.toThrow()
  expect(() => contexts[0]?.deadline.require("4001ms")).toThrow(expect.objectContaining({ code: "WINDOW_LOST" }))
  expect(contexts[0]?.signal.aborted).toBe(false)
  memory.evict("test:{stock:a}:ctl")
  await clock.advance(termMs / 3)
  expect(contexts[0]?.signal.reason).toMatchObject({ code: "WINDOW_LOST", facts: { why: "gone" } })
  writes.push(write())
  await clock.settle()
  await clock.advance(termMs - 1)
  expect(contexts[1]?.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(contexts[1]?.signal.reason).toMatchObject({ code: "WINDOW_LOST", facts: { why: "term" } })
  expect(contexts[1]?.deadline.remainingMs).toBe(0)
  closing.resolve(undefined)
  expect(await Promise.all(writes)).toMatchObject([{ delivered: true }, { delivered: true }])
})

test("what can never be left of a term is refused as the wrong option, and not as a loss that another try could mend", async () => {
  const { cache, clock } = await settledBed()
  const writing = cache.write("a", ({ deadline }) => {
    deadline.require("6s")
    return undefined
  })
  const refused = { code: "INVALID_OPTION", retryable: false, facts: { option: "windowTerm" } }
  await expect(writing).rejects.toMatchObject({ ...refused, message: expect.stringMatching(/5000 ms.* 6000 ms/) })
  const closing = deferred<undefined>()
  let context: WriteContext | undefined
  const open = cache.write("a", (given) => {
    context = given
    return closing.promise
  })
  await clock.advance(2)
  expect(() => context?.deadline.require("5s"), "some of a term has always passed").toThrow(
    expect.objectContaining(refused),
  )
  expect(() => context?.deadline.require("4999ms")).toThrow(
    expect.objectContaining({ code: "WINDOW_LOST", retryable: true }),
  )
  closing.resolve(undefined)
  await open
})

test("a writer that never ends keeps its key out of the store for ten terms, and is told after the first", async () => {
  const { row, cache, clock } = await settledBed()
  const closing = deferred<undefined>()
  let context: WriteContext | undefined
  const writing = cache.write("a", (given) => {
    context = given
    return closing.promise
  })
  await clock.advance(termMs)
  expect(context?.signal.reason).toMatchObject({ code: "WINDOW_LOST", facts: { why: "term" } })
  const readsLoad = async (): Promise<boolean> => {
    const { loads } = row
    await cache.get("a")
    return row.loads > loads
  }
  await clock.advance(termMs * 8.5)
  expect(await readsLoad()).toBe(true)
  expect(await readsLoad()).toBe(true)
  await clock.advance(termMs / 2 + 1)
  await readsLoad()
  expect(await readsLoad(), "stored again").toBe(false)
  closing.resolve(undefined)
  expect(await writing).toEqual({ value: undefined, stored: false, delivered: true })
  expect(await readsLoad(), "its end invalidates").toBe(true)
})

test("the term of a write counts from the sending of its open, however late the answer comes", async () => {
  const { bed, cacheOf, clock, store } = await settledBed()
  const answer = deferred<void>()
  const slow = overriding(store, {
    openWindow: async (address, request) => {
      const grant = await store.openWindow(address, request)
      await answer.promise
      return grant
    },
  })
  let remainingMs: number | undefined
  const writing = cacheOf(bed.peer(slow)).write("a", ({ deadline }) => {
    remainingMs = deadline.remainingMs
    return undefined
  })
  await clock.advance(2000)
  answer.resolve()
  await writing
  expect(remainingMs).toBe(termMs - 2000)
})

test("in a leased cache the writer has no deadline, and its signal is never aborted", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ttl: "1m", load: async (_id: string) => "v" })
  const closing = deferred<undefined>()
  let context: WriteContext | undefined
  const writing = cache.write("a", (given) => {
    context = given
    return closing.promise
  })
  await clock.settle()
  await clock.advance(600_000)
  expect(context?.deadline.remainingMs).toBe(Infinity)
  expect(context?.signal.aborted).toBe(false)
  closing.resolve(undefined)
  await writing
})

test("a writer that throws after its window was given up invalidates: what was stored since may be from before its commit", async () => {
  const { row, cache, clock } = await settledBed()
  const closing = deferred<undefined>()
  const writing = cache.write("a", () => closing.promise).catch((reason: unknown) => reason)
  await clock.advance(termMs * 10 + 1)
  await cache.get("a")
  expect(await cache.peek("a")).toBe("v1")
  row.value = "v2"
  closing.reject(new Error("no answer to COMMIT"))
  expect(await writing).toMatchObject({ message: "no answer to COMMIT" })
  expect(await cache.get("a")).toBe("v2")
})
