import { HoldfastError, type Store } from "holdfast"
import { expect, test } from "vitest"
import { shows } from "./shows.ts"
import { withOwn, world, type World } from "./world.ts"

/** What a process sees of the store while it can be cut off from it. */
function cuttable(store: Store): { readonly store: Store; isAway: boolean } {
  const seen = { isAway: false }
  const refused = <A extends unknown[], R>(method: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> =>
      seen.isAway ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Away.")) : method.apply(store, args)
  }
  const own: Partial<Store> = {
    look: refused(store.look),
    lease: refused(store.lease),
    invalidate: refused(store.invalidate),
    openWindow: refused(store.openWindow),
    closeWindow: refused(store.closeWindow),
    close: async () => {},
  }
  return Object.assign(seen, { store: withOwn(store, own) })
}

/** A process that has changed the row without the store, and another that still has the old value. */
async function untold(the: World) {
  const link = cuttable(the.store)
  const here = the.process({}, link.store)
  const other = the.process()
  expect(await other.cache.get("a")).toEqual({ version: 1 })
  link.isAway = true
  the.source.version = 2
  expect(await here.cache.invalidate("a")).toEqual({ delivered: false })
  return { link, here, other }
}

test(
  shows("H2", "the journal tells the store when it is back, and until then this process reads the source"),
  async () => {
    const the = world()
    const { link, here, other } = await untold(the)
    for (const isAway of [true, false]) {
      link.isAway = isAway
      expect(await here.cache.get("a")).toEqual({ version: 2 })
      expect(await other.cache.get("a")).toEqual({ version: 1 })
    }
    await the.clock.advance(1000)
    expect(await other.cache.get("a")).toEqual({ version: 2 })
    expect(await here.cache.get("a")).toEqual({ version: 2 })
  },
)

test(shows("H2", "what a process could not deliver before it ended is over with ttl and grace"), async () => {
  const the = world()
  const { here, other } = await untold(the)
  await the.clock.runUntil(here.holdfast.close({ timeout: "1s" }))
  expect(await other.cache.get("a")).toEqual({ version: 1 })
  await the.clock.advance(10_000)
  expect(await other.cache.get("a")).toEqual({ version: 2 })
})

test(shows("H2", "a strict write is refused before its writer is called"), async () => {
  const the = world()
  const link = cuttable(the.store)
  const { cache } = the.process({ consistency: "strict" }, link.store)
  link.isAway = true
  const write = cache.write("a", () => ({ version: (the.source.version = 2) }))
  await expect(write).rejects.toMatchObject({ code: "WINDOW_NOT_OPENED" })
  expect(the.source.version).toBe(1)
})
