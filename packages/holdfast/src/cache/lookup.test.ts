import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%" } as const

test("a miss without a lease says whether somebody else has it or the store is away", async () => {
  let isAway = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const bed = testBed((store) => switchable(store, () => isAway, away))
  const cache = bed.holdfast.cache<string, string>({ name: "session", ...policy, local: false })
  const first = await cache.lookup("a")
  expect(first).toMatchObject({ hit: false, leased: true, why: undefined })
  const second = cache.lookup("a")
  await bed.clock.advance(20_000)
  expect(await second).toMatchObject({ hit: false, leased: false, why: "held" })
  isAway = true
  expect(await cache.lookup("b")).toMatchObject({ hit: false, leased: false, why: "unavailable" })
})

test("a store that goes away between the look and the lease is away", async () => {
  const bed = testBed((store) =>
    overriding(store, {
      lease: async () => {
        throw new HoldfastError("STORE_UNAVAILABLE", "off.")
      },
    }),
  )
  const cache = bed.holdfast.cache<string, string>({ name: "session", ...policy, local: false })
  expect(await cache.lookup("a")).toMatchObject({ hit: false, leased: false, why: "unavailable" })
})

test("lookups are reads: hits, hits of absences and misses are counted and told", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache<string, string>({ name: "session", ...policy, negativeTtl: "5s", local: false })
  const fill = async (key: string, value: string | undefined): Promise<void> => {
    const found = await cache.lookup(key)
    if (!found.hit) await found.fill(value)
  }
  await fill("a", "v")
  await fill("none", undefined)
  await cache.lookup("a")
  await cache.lookup("none")
  expect(cache.stats()).toMatchObject({ reads: 4, hits: 2, negativeHits: 1, misses: 2, hitRatio: 0.5 })
  const outcomes = events.flatMap((event) => (event.name === "read" ? [event.outcome] : []))
  expect(outcomes).toEqual(["miss", "miss", "hit", "negative-hit"])
})
