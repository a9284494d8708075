import assert from "node:assert/strict"
import type { StoreCase, StoreKey, StoreScene } from "./store-scene.ts"

/** Asks for a life of so many milliseconds from now. */
async function renew(scene: StoreScene, key: StoreKey, id: string, freshMs: number): Promise<string> {
  const freshUntilMs = scene.store.now(key.address) + freshMs
  return scene.store.renew(key.address, { id, freshUntilMs, keepMs: freshMs })
}

/** Sliding: an entry that is read lives longer. */
export const renewCases: readonly StoreCase[] = [
  {
    name: "a renewed entry is fresh, and kept, for as long as was asked for",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { freshMs: 2000, keepMs: 2000 })
      assert.equal(await renew(scene, key, await key.id(), 20_000), "renewed")
      await scene.advance(2500)
      assert.equal((await key.lease()).is, "hit")
      assert.equal(await key.text(), "v1")
      const { keepMs } = await scene.store.inspect(key.address)
      assert.ok(keepMs !== undefined && keepMs > 10_000 && keepMs <= 17_600, `${keepMs} ms left`)
    },
  },
  {
    name: "a renewal never shortens",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { freshMs: 30_000, keepMs: 30_000 })
      assert.equal(await renew(scene, key, await key.id(), 100), "other")
      await scene.advance(200)
      assert.equal((await key.lease()).is, "hit")
    },
  },
  {
    name: "an entry that took the place of the one that was read is not renewed",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const id = await key.id()
      await key.invalidate()
      await key.stock("v2", { freshMs: 2000, keepMs: 2000 })
      assert.equal(await renew(scene, key, id, 60_000), "other")
      await scene.advance(2500)
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "what is gone, stale or expired is not renewed",
    async run(scene) {
      const gone = scene.key()
      await gone.stock("v1")
      const id = await gone.id()
      await gone.invalidate()
      assert.equal(await renew(scene, gone, id, 60_000), "other")
      assert.equal(await gone.text(), undefined)
      const stale = scene.key()
      await stale.stock("v1", { stale: true })
      assert.equal(await renew(scene, stale, await stale.id(), 60_000), "other")
      assert.equal((await stale.lease()).is, "stale-win")
      const expired = scene.key()
      await expired.stock("v1")
      await expired.invalidate({ mode: "expire", graceMs: 30_000 })
      assert.equal(await renew(scene, expired, await expired.id(), 60_000), "other")
      assert.equal((await expired.lease()).is, "stale-win")
    },
  },
  {
    name: "a renewed entry is invalidated as any other",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { freshMs: 2000, version: 3 })
      assert.equal(await renew(scene, key, await key.id(), 20_000), "renewed")
      await key.invalidate()
      assert.equal(await key.text(), undefined)
      assert.equal(await key.fillUnder(await key.win(), "v0", { version: 2 }), "older", "its version is not forgotten")
    },
  },
]
