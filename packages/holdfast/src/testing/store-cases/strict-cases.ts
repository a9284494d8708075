import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"
import { StrictKey, termMs } from "./strict-key.ts"

/** What a store promises of entries of which no read may get a value from before a committed change (R6). */
export const strictCases: readonly StoreCase[] = [
  {
    name: "a strict key of which nothing is on record is not filled for one term",
    async run(scene) {
      const strict = new StrictKey(scene)
      assert.equal(await strict.ask(), "no-fill")
      assert.equal(await strict.ask(), "no-fill")
      await scene.advance(termMs + 20)
      assert.equal(await strict.ask(), "win")
      assert.equal(await strict.ask(), "wait")
    },
  },
  {
    name: "nor is one whose record was lost",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      const grant = await strict.win()
      await scene.subject.evict(strict.key.address.control)
      assert.equal(await strict.fillUnder(grant, "v1"), "lost")
      assert.equal(await strict.ask(), "no-fill")
      await scene.advance(termMs + 20)
      assert.equal(await strict.ask(), "win")
    },
  },
  {
    name: "a strict record outlives what is under way, as long as it is told",
    async run(scene) {
      const strict = await StrictKey.settled(scene, 400)
      await strict.stock("v1")
      await scene.advance(100)
      await scene.subject.evict(strict.key.address.value)
      assert.equal(await strict.ask(), "win", "the record was still there")
      await scene.store.invalidate(strict.key.address, change)
      await scene.advance(700)
      assert.equal(await strict.ask(), "no-fill", "the record has ended")
    },
  },
  {
    name: "a strict entry is a hit, and under another run it counts as absent",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      await strict.stock("v1")
      assert.equal(await strict.ask(), "hit")
      assert.equal(await strict.fillUnder(await strict.win({ rejected: await strict.key.id() }), "v2", other), "stored")
      assert.equal(await strict.ask(), "win")
      const plain = await StrictKey.settled(scene)
      await plain.stock("v1", { run: undefined })
      assert.equal(await plain.ask(), "win")
    },
  },
  {
    name: "a strict entry past its ttl counts as absent",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      await strict.stock("v1", { stale: true })
      assert.equal(await strict.ask(), "win")
    },
  },
  {
    name: "a strict entry that is due early is refreshed under a lease",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      await strict.stock("v1")
      const early = await strict.key.id()
      assert.equal(await strict.ask({ early }), "stale-win")
      assert.equal(await strict.ask({ early }), "stale")
      assert.equal(await strict.ask(), "hit")
    },
  },
  {
    name: "opening a strict window drops the value, voids the lease and bars fills until the last writer has left",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      await strict.stock("v1")
      const loading = await strict.win({ rejected: await strict.key.id() })
      const first = await strict.open()
      assert.equal(await strict.key.text(), undefined)
      assert.equal(await strict.fillUnder(loading, "v1"), "lost")
      assert.equal(await strict.ask(), "no-fill")
      const second = await strict.open()
      assert.equal(await strict.close(first, "v2"), "invalidated", "the windows overlap")
      assert.equal(await strict.ask(), "no-fill")
      assert.equal(await strict.close(second, "v3"), "invalidated")
      assert.equal(await strict.ask(), "win")
    },
  },
  {
    name: "a strict write that nothing overlapped stores its value",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      assert.equal(await strict.close(await strict.open(), "v1"), "stored")
      assert.equal(await strict.ask(), "hit")
      assert.equal(await strict.key.text(), "v1")
    },
  },
  {
    name: "a strict write whose window was opened on a young record stores nothing",
    async run(scene) {
      const strict = new StrictKey(scene)
      assert.equal(await strict.close(await strict.open(), "v1"), "invalidated")
      assert.equal(await strict.close(await strict.open(), "v2"), "invalidated")
      await scene.advance(termMs + 20)
      assert.equal(await strict.close(await strict.open(), "v3"), "stored")
    },
  },
  {
    name: "a strict window whose writer has died bars fills for its term and no longer; extending it prolongs that",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      const grant = await strict.open()
      await scene.advance(termMs / 2)
      assert.equal(await scene.store.extendWindow(grant, 4 * termMs), "held")
      await scene.advance(2 * termMs)
      assert.equal(await strict.ask(), "no-fill")
      await scene.advance(3 * termMs)
      assert.equal(await strict.ask(), "win")
      assert.equal(await scene.store.extendWindow(grant, termMs), "gone")
    },
  },
  {
    name: "a strict window that is invalidated stores nothing",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      const grant = await strict.open()
      await scene.store.invalidate(strict.key.address, change)
      assert.equal(await strict.ask(), "no-fill")
      assert.equal(await strict.close(grant, "v1"), "invalidated")
    },
  },
  {
    name: "who waits for a strict key is woken when a window opens and when it closes",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      const heard = strict.key.listen()
      const grant = await strict.open()
      await scene.until(() => heard.reasons.length === 1)
      await strict.close(grant, "v1")
      await scene.until(() => heard.reasons.length === 2)
      heard.end()
      assert.deepEqual(heard.reasons, ["invalidated", "invalidated"])
    },
  },
  {
    name: "the version of a value that a strict window drops is a floor for the next fill",
    async run(scene) {
      const strict = await StrictKey.settled(scene)
      await strict.stock("v5", { version: 5 })
      await strict.close(await strict.open(), undefined)
      assert.equal(await strict.fillUnder(await strict.win(), "v4", { version: 4 }), "older")
      assert.equal(await strict.fillUnder(await strict.win(), "v6", { version: 6 }), "stored")
    },
  },
]

const change = { mode: "drop", graceMs: 0, version: undefined, tombstoneMs: 60_000 } as const
const other = { run: "f".repeat(16) }
