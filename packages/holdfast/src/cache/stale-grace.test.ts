import { expect, test } from "vitest"
import { gatedSource, overriding, testBed } from "./cache.fixture.ts"

/** An entry past its ttl whose refresh gets no lease, and the load that is made for it. */
async function withoutLease() {
  const bed = testBed((store) => overriding(store, { lease: async () => ({ is: "no-fill" }) }))
  const { calls, load } = gatedSource<number>()
  const cache = bed.holdfast.cache({ name: "product", ttl: "10s", grace: "20s", jitter: "0%", load })
  const filling = bed
    .peer(bed.memory)
    .cache({ name: "product", ttl: "10s", grace: "20s", jitter: "0%", load: () => 10 })
  await filling.get("42")
  await bed.clock.advance(29_000)
  const reading = cache.get("42")
  const ended = reading.then(
    (value) => value,
    (error: Error) => error.message,
  )
  await bed.clock.settle()
  return { ...bed, calls, ended }
}

test("an entry is served after a failed load while its grace lasts", async () => {
  const { clock, calls, ended } = await withoutLease()
  await clock.advance(999)
  calls[0]?.gate.reject(new Error("down"))
  expect(await ended).toBe(10)
})

test("and not once it has passed while the load was under way", async () => {
  const { clock, calls, ended } = await withoutLease()
  await clock.advance(1000)
  calls[0]?.gate.reject(new Error("down"))
  expect(await ended).toBe("down")
})
