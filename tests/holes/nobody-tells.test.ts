import { expect, test } from "vitest"
import { shows } from "./shows.ts"
import { untilItStops, world } from "./world.ts"

const policy = { grace: "5s" } as const
const ignored = (): void => {}
/** Ttl and grace, in milliseconds. */
const lifeMs = 15_000

test(shows("H1", "what a leased writer that died leaves ends with its ttl and grace"), async () => {
  const { clock, source, store, process } = world()
  const reader = process(policy).cache
  expect(await reader.get("a")).toEqual({ version: 1 })
  const dying = process(policy, untilItStops(store)).cache
  dying.write("a", () => ({ version: (source.version = 2) })).then(ignored, ignored)
  await clock.advance(lifeMs)
  expect(await reader.peek("a")).toEqual({ version: 1 })
  await clock.advance(1)
  expect(await reader.get("a")).toEqual({ version: 2 })
})

test(shows("H7", "a change that nobody tells is seen when ttl and grace have ended"), async () => {
  const { clock, source, process } = world()
  const reader = process(policy).cache
  expect(await reader.get("a")).toEqual({ version: 1 })
  source.version = 2
  await clock.advance(lifeMs)
  expect(await reader.peek("a")).toEqual({ version: 1 })
  await clock.advance(1)
  expect(await reader.get("a")).toEqual({ version: 2 })
})
