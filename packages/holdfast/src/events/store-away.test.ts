import { expect, test } from "vitest"
import type { EventStreamStore } from "../contracts/event-stream.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { eventBed } from "./events.fixture.ts"

test("health tells of readers that cannot read, whether they could before or never did", async () => {
  const bed = eventBed()
  const streams = bed.memory.events as EventStreamStore
  const read = streams.read.bind(streams)
  let isAway = false
  streams.read = async (...asked) => {
    if (isAway) throw new HoldfastError("STORE_UNAVAILABLE", "off.")
    return read(...asked)
  }
  const policy = { ttl: "1h", local: false, load: async (id: string) => id } as const
  const make = (name: string) => {
    const holdfast = bed.process()
    const event = holdfast.event<string>(`${name}.updated`)
    holdfast.cache({ name, ...policy, invalidateOn: [event.keys((id) => [id])] })
    return { holdfast, event }
  }
  const product = make("product")
  await bed.clock.advance(1000)
  isAway = true
  const user = make("user")
  await bed.clock.advance(5000)
  expect((await product.holdfast.health()).events, "it may be a moment").toEqual([])
  await bed.clock.advance(10_000)
  for (const [name, { holdfast, event }] of Object.entries({ product, user })) {
    const { events, status } = await holdfast.health()
    const told = new RegExp(`^The cache "${name}" has not been able to read "${name}\\.updated" for 1\\d s\\.$`)
    expect(events).toEqual([expect.stringMatching(told)])
    expect(status).not.toBe("ok")
    expect(event.stats().readers[0]?.lagMs).toBeUndefined()
  }
  isAway = false
  await bed.clock.advance(10_000)
  for (const { holdfast, event } of [product, user]) {
    expect((await holdfast.health()).events).toEqual([])
    expect(event.stats().readers[0]).toMatchObject({ lagMs: 0, failingMs: undefined })
    await holdfast.close()
  }
})
