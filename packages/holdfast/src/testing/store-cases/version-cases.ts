import assert from "node:assert/strict"
import { entryIdOf } from "../../entry/envelope.ts"
import { encodeVersion } from "../../entry/version.ts"
import type { StoreCase } from "./store-scene.ts"

/** Where an envelope says how long its version is. */
const versionLengthAt = 61

/** Versions and tombstones, rule R5: a version only ever forbids. */
export const versionCases: readonly StoreCase[] = [
  {
    name: "a fill older than the tombstone is refused; an equal or newer one is stored",
    async run(scene) {
      for (const [version, answer] of [
        [9, "older"],
        [10, "stored"],
        [11, "stored"],
      ] as const) {
        const key = scene.key()
        await key.invalidate({ version: 10 })
        assert.equal(await key.fillUnder(await key.win(), "loaded", { version }), answer)
        assert.equal(await key.text(), answer === "stored" ? "loaded" : undefined)
      }
    },
  },
  {
    name: "a fill older than the stored value is refused and the value stays; an equal or newer one is stored",
    async run(scene) {
      for (const [version, answer] of [
        [9, "older"],
        [10, "stored"],
        [11, "stored"],
      ] as const) {
        const key = scene.key()
        await key.stock("stored", { version: 10, stale: true })
        assert.equal(await key.fillUnder(await key.win(), "loaded", { version }), answer)
        assert.equal(await key.text(), answer === "stored" ? "loaded" : "stored")
      }
    },
  },
  {
    name: "a refused fill gives its lease back",
    async run(scene) {
      const key = scene.key()
      await key.invalidate({ version: 10 })
      const grant = await key.win()
      assert.equal(await key.fillUnder(grant, "old", { version: 9 }), "older")
      assert.equal(await key.fillUnder(grant, "new", { version: 11 }), "lost")
      assert.equal((await key.lease()).is, "win")
    },
  },
  {
    name: "a value without version is older than any tombstone, but not than a stored value",
    async run(scene) {
      const key = scene.key()
      await key.invalidate({ version: 0 })
      assert.equal(await key.fillUnder(await key.win(), "none"), "older")
      const other = scene.key()
      await other.stock("v5", { version: 5, stale: true })
      assert.equal(await other.fillUnder(await other.win(), "none"), "stored")
    },
  },
  {
    name: "a drop turns the version of what it drops into the tombstone, named or not",
    async run(scene) {
      for (const version of [undefined, 3]) {
        const key = scene.key()
        await key.stock("v5", { version: 5 })
        await key.invalidate({ version })
        assert.equal(await key.fillUnder(await key.win(), "v4", { version: 4 }), "older")
        assert.equal(await key.fillUnder(await key.win(), "v5", { version: 5 }), "stored")
      }
    },
  },
  {
    name: "bytes that damage makes look like a version keep nobody out",
    async run(scene) {
      for (const version of [undefined, 1]) {
        const key = scene.key()
        const damaged = key.entry('{"v":1}')
        damaged.bytes[versionLengthAt] = 5
        assert.equal(await scene.store.fill(await key.win(), damaged), "stored")
        const rejected = entryIdOf(damaged.bytes)
        assert.equal(await key.fillUnder(await key.win({ rejected }), "over it", { version }), "stored")
        await scene.subject.evict(key.address.value)
        assert.equal(await scene.store.fill(await key.win(), damaged), "stored")
        await key.invalidate()
        assert.equal(await key.fillUnder(await key.win(), "after it", { version }), "stored")
      }
    },
  },
  {
    name: "a tombstone only rises",
    async run(scene) {
      const key = scene.key()
      for (const version of [9, 5, undefined]) await key.invalidate({ version })
      await key.invalidate({ mode: "expire", version: 6 })
      const { tombstone } = await scene.store.inspect(key.address)
      assert.equal(tombstone?.version, encodeVersion(9))
      assert.equal(await key.fillUnder(await key.win(), "v8", { version: 8 }), "older")
      await key.invalidate({ version: 100 })
      assert.equal(await key.fillUnder(await key.win(), "v20", { version: 20 }), "older")
    },
  },
  {
    name: "a later invalidation prolongs the tombstone and never shortens it",
    async run(scene) {
      for (const lives of [
        [1000, 60_000],
        [60_000, 1],
      ]) {
        const key = scene.key()
        for (const tombstoneMs of lives) await key.invalidate({ version: 9, tombstoneMs })
        await scene.advance(1100)
        assert.equal(await key.fillUnder(await key.win(), "v8", { version: 8 }), "older")
      }
    },
  },
  {
    name: "a tombstone outlives the leases that come and go under it",
    async run(scene) {
      const key = scene.key()
      await key.invalidate({ version: 9 })
      await key.win({ leaseMs: 20 })
      await scene.advance(60)
      const next = await key.win({ leaseMs: 20 })
      await scene.store.releaseLease(next, "abandoned")
      await scene.advance(60)
      assert.equal(await key.fillUnder(await key.win(), "v8", { version: 8 }), "older")
    },
  },
  {
    name: "a tombstone ends after its time",
    async run(scene) {
      const key = scene.key()
      await key.open()
      await key.invalidate({ version: 9, tombstoneMs: 20 })
      await scene.advance(60)
      assert.equal(await key.fillUnder(await key.win(), "v8", { version: 8 }), "stored")
    },
  },
  {
    name: "a load that began under a tombstone is judged by it, however long it takes",
    async run(scene) {
      const key = scene.key()
      await key.invalidate({ version: 9, tombstoneMs: 1000 })
      const grant = await key.win()
      await scene.advance(1100)
      assert.equal(await scene.store.extendLease(grant, 60_000), "held")
      assert.equal(await key.fillUnder(grant, "v8", { version: 8 }), "older")
    },
  },
  {
    name: "versions compare by size, whatever their length",
    async run(scene) {
      const key = scene.key()
      await key.stock("v10", { version: 10, stale: true })
      assert.equal(await key.fillUnder(await key.win(), "v9", { version: 9 }), "older")
      assert.equal(await key.fillUnder(await key.win(), "v100", { version: 100, stale: true }), "stored")
      assert.equal(await key.fillUnder(await key.win(), "v11", { version: 11 }), "older")
      assert.equal(await key.fillUnder(await key.win(), "max", { version: Number.MAX_SAFE_INTEGER }), "stored")
    },
  },
]
