import type { WriteContext } from "holdfast"
import { expect, test } from "vitest"
import { deferred } from "../deferred.ts"
import { shows } from "./shows.ts"
import { withOwn, world, type World } from "./world.ts"

const policy = { consistency: "strict", ttl: "10m", windowTerm: "5s" } as const
const termMs = 5000

/** A reader whose key is known: from one term after its first read on, what it reads is stored. */
async function settledReader({ clock, process }: World) {
  const { cache } = process(policy)
  await cache.get("a")
  await clock.advance(termMs)
  expect(await cache.get("a")).toEqual({ version: 1 })
  return cache
}

test(
  shows(
    "H11",
    "a strict window is prolonged for ten terms while its process runs, for a writer that takes longer than its term",
  ),
  async () => {
    const the = world()
    const reader = await settledReader(the)
    const commit = deferred<undefined>()
    const writing = the.process(policy).cache.write("a", () => commit.promise)
    for (let terms = 0; terms < 9; terms += 1) {
      await the.clock.advance(termMs)
      const { loads } = the.source
      expect(await reader.get("a")).toEqual({ version: 1 })
      expect(the.source.loads, "read from the source").toBe(loads + 1)
    }
    the.source.version = 2
    expect(await reader.get("a")).toEqual({ version: 2 })
    commit.resolve(undefined)
    expect(await writing).toMatchObject({ delivered: true })
    expect(await reader.get("a")).toEqual({ version: 2 })
  },
)

test(
  shows(
    "H11",
    "a strict writer whose term has passed is told so, and what it commits all the same is seen from its close on",
  ),
  async () => {
    const the = world()
    const reader = await settledReader(the)
    const commit = deferred<undefined>()
    const stopped = withOwn(the.store, { extendWindow: () => new Promise(() => {}) })
    let told: WriteContext | undefined
    const writing = the.process(policy, stopped).cache.write("a", (context) => {
      told = context
      return commit.promise
    })
    await the.clock.advance(termMs - 1)
    expect(told?.signal.aborted).toBe(false)
    expect(() => told?.deadline.require("2ms")).toThrow(expect.objectContaining({ code: "WINDOW_LOST" }))
    await the.clock.advance(1)
    expect(told?.signal.reason).toMatchObject({ code: "WINDOW_LOST" })
    await the.clock.advance(1)
    expect(await reader.get("a"), "not committed yet").toEqual({ version: 1 })
    the.source.version = 2
    expect(await reader.get("a"), "the hole").toEqual({ version: 1 })
    commit.resolve(undefined)
    expect(await writing).toMatchObject({ stored: false, delivered: true })
    expect(await reader.get("a")).toEqual({ version: 2 })
  },
)
