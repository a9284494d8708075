import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"

const eraForm = /^[0-9a-f]{32}$/

/** The tag clock: what orders the invalidations of tags (R7). */
export const tagClockCases: readonly StoreCase[] = [
  {
    name: "a tag clock that nobody has advanced stands at 0, and reading moves nothing",
    async run({ store }) {
      const first = await store.readTagClock()
      assert.match(first.era, eraForm)
      assert.equal(first.counter, 0)
      assert.deepEqual(await store.readTagClock(), first)
    },
  },
  {
    name: "advancing begins an era where there is none, and adds one",
    async run({ store }) {
      const first = await store.advanceTagClock()
      assert.match(first.era, eraForm)
      assert.equal(first.counter, 1)
      assert.deepEqual(await store.readTagClock(), first)
    },
  },
  {
    name: "the tag clock rises by one, also for those who advance it together",
    async run({ store }) {
      const { era } = await store.readTagClock()
      const clocks = await Promise.all(Array.from({ length: 20 }, () => store.advanceTagClock()))
      assert.deepEqual(
        clocks.map(({ counter }) => counter).toSorted((one, other) => one - other),
        Array.from({ length: 20 }, (_, at) => at + 1),
      )
      assert.ok(clocks.every((clock) => clock.era === era))
      assert.deepEqual(await store.readTagClock(), { era, counter: 20 })
    },
  },
  {
    name: "a tag clock that was lost begins a new era, whether it is read or advanced",
    async run(scene) {
      const { store } = scene
      const eras = [(await store.advanceTagClock()).era]
      await scene.forgetTagClock()
      const advanced = await store.advanceTagClock()
      assert.equal(advanced.counter, 1)
      eras.push(advanced.era)
      await scene.forgetTagClock()
      const read = await store.readTagClock()
      assert.equal(read.counter, 0)
      eras.push(read.era)
      assert.equal(new Set(eras).size, 3)
      assert.deepEqual(await store.advanceTagClock(), { era: read.era, counter: 1 })
    },
  },
]
