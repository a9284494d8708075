import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { gatedSource, overriding, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%" } as const

test("a look is shared only by callers who asked before it was sent; later ones look for themselves", async () => {
  let looks = 0
  let gate = Promise.resolve()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      look: async (address) => {
        looks += 1
        await gate
        return store.look(address)
      },
    }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v" })
  await cache.get("a")
  const held = deferred<void>()
  gate = held.promise
  looks = 0
  const first = [cache.get("a"), cache.get("a")]
  await clock.settle()
  const second = [cache.get("a"), cache.get("a")]
  await clock.settle()
  expect(looks).toBe(1)
  held.resolve()
  await Promise.all([...first, ...second])
  expect(looks).toBe(2)
})

test("callers who come during a load without a lease do not share it, and form one next flight", async () => {
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, clock } = testBed((store) => switchable(store, () => true, away))
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const early = Array.from({ length: 20 }, () => cache.get("a"))
  await clock.settle()
  const late = Array.from({ length: 20 }, () => cache.get("a"))
  await clock.settle()
  expect(source.calls).toHaveLength(1)
  source.calls[0]?.gate.resolve("old")
  expect(new Set(await Promise.all(early))).toEqual(new Set(["old"]))
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("new")
  expect(new Set(await Promise.all(late))).toEqual(new Set(["new"]))
})

test("however often a key is invalidated, this process has at most two loads of it under way", async () => {
  const { holdfast, clock } = testBed()
  let underWay = 0
  let most = 0
  const gates: ReturnType<typeof deferred<string>>[] = []
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (_id: string) => {
      const gate = deferred<string>()
      gates.push(gate)
      most = Math.max(most, ++underWay)
      try {
        return await gate.promise
      } finally {
        underWay -= 1
      }
    },
  })
  const answers: Promise<string | undefined>[] = []
  for (let round = 0; round < 6; round += 1) {
    answers.push(cache.get("a"), cache.get("a"))
    await clock.settle()
    await cache.invalidate("a")
  }
  expect(most).toBe(2)
  for (let n = 0; n < 12; n += 1) {
    gates[n]?.resolve(`v${n}`)
    await clock.settle()
  }
  await Promise.all(answers)
  expect(most).toBe(2)
})
