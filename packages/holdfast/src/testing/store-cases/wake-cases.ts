import assert from "node:assert/strict"
import type { LeaseGrant, WakeReason } from "../../contracts/store.ts"
import type { StoreCase, StoreKey } from "./store-scene.ts"

/** Who waits is told when it is worth looking again, and why. */
export const wakeCases: readonly StoreCase[] = [
  {
    name: "who waits for a lease is woken when it is filled, given back or lost, and told which",
    async run(scene) {
      const ends: readonly [WakeReason, (key: StoreKey, grant: LeaseGrant) => Promise<unknown>][] = [
        ["filled", (key, grant) => key.fillUnder(grant, "v1")],
        ["failed", (_, grant) => scene.store.releaseLease(grant, "failed")],
        ["released", (_, grant) => scene.store.releaseLease(grant, "abandoned")],
        ["invalidated", (key) => key.invalidate()],
        ["invalidated", (key) => key.invalidate({ mode: "expire" })],
      ]
      for (const [reason, end] of ends) {
        const key = scene.key()
        const heard = key.listen()
        const grant = await key.win()
        assert.equal((await key.lease()).is, "wait")
        await end(key, grant)
        await scene.until(() => heard.reasons.length > 0)
        await scene.advance(20)
        assert.deepEqual(heard.reasons, [reason])
      }
    },
  },
  {
    name: "who waits for a load whose result is too old is woken",
    async run(scene) {
      const key = scene.key()
      const heard = key.listen()
      await key.invalidate({ version: 9 })
      await scene.until(() => heard.reasons.length === 1)
      const grant = await key.win()
      await key.lease()
      assert.equal(await key.fillUnder(grant, "v8", { version: 8 }), "older")
      await scene.until(() => heard.reasons.length === 2)
      assert.deepEqual(heard.reasons, ["invalidated", "released"])
    },
  },
  {
    name: "who waited for a lease that was replaced is woken by the next one's fill",
    async run(scene) {
      const key = scene.key()
      const heard = key.listen()
      await key.open()
      await key.win({ leaseMs: 1000 })
      assert.equal((await key.lease()).is, "wait")
      await scene.advance(1100)
      const next = await key.win()
      await key.fillUnder(next, "v1")
      await scene.until(() => heard.reasons.length === 1)
    },
  },
  {
    name: "a lease that nobody waits for ends in silence",
    async run(scene) {
      const key = scene.key()
      const heard = key.listen()
      await scene.store.releaseLease(await key.win(), "failed")
      await key.stock("v1", { stale: true })
      const refresh = await key.win()
      assert.equal((await key.lease()).is, "stale")
      await key.fillUnder(refresh, "v2")
      await scene.advance(50)
      assert.deepEqual(heard.reasons, [])
    },
  },
  {
    name: "every change wakes, whether or not anybody was told to wait",
    async run(scene) {
      const key = scene.key()
      const heard = key.listen()
      await key.stock("v1", { version: 1 })
      await key.put("v2", 2)
      await key.close(await key.open(), "v3", { version: 3 })
      await key.close(await key.open(), undefined)
      await key.put("v4", 4)
      await key.invalidate()
      await scene.until(() => heard.reasons.length === 5)
      assert.deepEqual(new Set(heard.reasons), new Set(["invalidated"]))
    },
  },
  {
    name: "nobody hears of another key, or after it has stopped listening",
    async run(scene) {
      const key = scene.key()
      const other = key.listen()
      const ended = scene.key()
      const stopped = ended.listen()
      stopped.end()
      stopped.end()
      await ended.invalidate()
      const witness = scene.key()
      const heard = witness.listen()
      await witness.invalidate()
      await scene.until(() => heard.reasons.length === 1)
      assert.deepEqual([other.reasons, stopped.reasons], [[], []])
    },
  },
  {
    name: "one listener's error keeps nobody else from being woken",
    async run(scene) {
      const key = scene.key()
      scene.store.onWake(key.address, () => {
        throw new Error("a listener's own problem")
      })
      const heard = key.listen()
      await key.invalidate()
      await key.invalidate()
      await scene.until(() => heard.reasons.length === 2)
    },
  },
]
