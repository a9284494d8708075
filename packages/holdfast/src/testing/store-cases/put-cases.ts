import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"

/** Versioned puts: the older value's presence allows them, a version only forbids. */
export const putCases: readonly StoreCase[] = [
  {
    name: "a put replaces an older or equal stored version, fresh or past its ttl",
    async run(scene) {
      for (const stale of [false, true]) {
        const key = scene.key()
        await key.stock("v5", { version: 5, stale })
        assert.equal(await key.put("v6", 6), "stored")
        assert.equal(await key.put("v6 again", 6), "stored")
        assert.equal(await key.text(), "v6 again")
      }
    },
  },
  {
    name: "a put older than stored value or tombstone does nothing",
    async run(scene) {
      const key = scene.key()
      await key.stock("v5", { version: 5 })
      assert.equal(await key.put("v4", 4), "older")
      assert.equal(await key.text(), "v5")
      await key.invalidate({ version: 7 })
      const grant = await key.win()
      assert.equal(await key.put("v6", 6), "older")
      assert.equal(await key.fillUnder(grant, "v7", { version: 7 }), "stored")
    },
  },
  {
    name: "what is left of an entry that was cut within its version does not allow a put",
    async run(scene) {
      const key = scene.key()
      const { bytes, keepMs } = key.entry("v5", { version: 5 })
      // One byte of the version is left, and every version that begins alike is above it.
      assert.equal(await scene.store.fill(await key.win(), { bytes: bytes.subarray(0, 65), keepMs }), "stored")
      assert.equal(await key.put("v4", 4), "invalidated")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "a put with nothing to replace invalidates",
    async run(scene) {
      const key = scene.key()
      const lease = await key.win()
      assert.equal(await key.put("v5", 5), "invalidated")
      assert.equal(await key.text(), undefined)
      assert.equal(await key.fillUnder(lease, "v4", { version: 4 }), "lost")
      const unversioned = scene.key()
      await unversioned.stock("none")
      assert.equal(await unversioned.put("v5", 5), "invalidated")
      assert.equal(await unversioned.text(), undefined)
    },
  },
  {
    // The tombstone of the change to 7 was evicted, and an older invalidation was delivered once more.
    name: "a tombstone alone allows no put",
    async run(scene) {
      const key = scene.key()
      await key.stock("v5", { version: 5 })
      await key.invalidate({ version: 7 })
      await scene.subject.evict(key.address.control)
      await key.invalidate({ version: 6 })
      assert.equal(await key.put("v6", 6), "invalidated")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "a value that an invalidation has expired allows no put",
    async run(scene) {
      const key = scene.key()
      await key.stock("v5", { version: 5 })
      await key.invalidate({ mode: "expire", version: 7 })
      await scene.subject.evict(key.address.control)
      assert.equal(await key.put("v6", 6), "invalidated")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "a put voids the lease and bars the windows that were open",
    async run(scene) {
      const key = scene.key()
      await key.stock("v5", { version: 5, stale: true })
      const lease = await key.win()
      const window = await key.open()
      assert.equal(await key.put("v6", 6), "stored")
      assert.equal(await key.fillUnder(lease, "loaded before", { version: 7 }), "lost")
      assert.equal(await key.text(), "v6")
      assert.equal(await key.close(window, "v8", { version: 8 }), "invalidated")
    },
  },
]
