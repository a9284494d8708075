import assert from "node:assert/strict"
import { hasCode } from "../../errors/holdfast-error.ts"
import type { StoreCase } from "./store-scene.ts"

/** FILL and rule R1: presence of the lease, and nothing else, allows it. */
export const fillCases: readonly StoreCase[] = [
  {
    name: "a token fills once",
    async run(scene) {
      const key = scene.key()
      const grant = await key.win()
      assert.equal(await key.fillUnder(grant, "v1"), "stored")
      assert.equal(await key.fillUnder(grant, "again"), "lost")
      assert.equal(await key.text(), "v1")
    },
  },
  {
    name: "a token that holds no lease fills nothing, and leaves the holder's lease alone",
    async run(scene) {
      const key = scene.key()
      const holder = await key.win()
      const stranger = { ...holder, token: "f".repeat(32) }
      assert.equal(await key.fillUnder(stranger, "foreign"), "lost")
      assert.equal(await key.text(), undefined)
      assert.equal(await key.fillUnder(holder, "v1"), "stored")
    },
  },
  {
    name: "a token fills only the key it was granted for",
    async run(scene) {
      const one = scene.key()
      const other = scene.key()
      const grant = await one.win()
      // Where the keys are on two servers, a grant of the one is of no generation that the other has.
      const answer = await other.fillUnder({ ...grant, address: other.address }, "foreign").catch((error: unknown) => {
        if (!hasCode(error, "GENERATION_CHANGED")) throw error
        return "lost"
      })
      assert.equal(answer, "lost")
      assert.equal(await other.text(), undefined)
    },
  },
  {
    name: "a fill whose control record was evicted is refused, whatever else is there",
    async run(scene) {
      const preparations = [
        async () => {},
        async () => key.stock("old", { stale: true }),
        async () => void (await key.open()),
        async () => key.invalidate({ version: 1 }),
      ]
      let key = scene.key()
      for (const prepare of preparations) {
        key = scene.key()
        await prepare()
        const before = await key.text()
        const grant = await key.win()
        await scene.subject.evict(key.address.control)
        assert.equal(await key.fillUnder(grant, "v2", { version: 2 }), "lost")
        assert.equal(await key.text(), before)
      }
    },
  },
  {
    name: "a lease past its own deadline fills if it is still on record",
    async run(scene) {
      const key = scene.key()
      await key.open()
      const grant = await key.win({ leaseMs: 20 })
      await scene.advance(60)
      assert.equal(await key.fillUnder(grant, "v1"), "stored")
    },
  },
  {
    name: "a lease that was alone on record fills nothing after its deadline",
    async run(scene) {
      const key = scene.key()
      const grant = await key.win({ leaseMs: 20 })
      await scene.advance(60)
      assert.equal(await key.fillUnder(grant, "v1"), "lost")
    },
  },
  {
    name: "an entry leaves the store after its time",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { keepMs: 50 })
      await scene.advance(100)
      assert.equal(await key.text(), undefined)
      assert.equal((await key.lease()).is, "win")
    },
  },
  {
    name: "a refill renews the entry's time",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { stale: true, keepMs: 1000 })
      await key.stock("v2", { keepMs: 60_000 })
      await scene.advance(1100)
      assert.equal(await key.text(), "v2")
    },
  },
  {
    name: "times that are no whole milliseconds are rounded up",
    async run(scene) {
      const key = scene.key()
      const grant = await key.win({ leaseMs: 5000.4 })
      assert.equal(await scene.store.extendLease(grant, 6000.6), "held")
      assert.equal(await key.fillUnder(grant, "v1", { keepMs: 5000.2 }), "stored")
      await key.invalidate({ version: 1, tombstoneMs: 5000.7 })
      assert.equal(await key.close(await key.open(5000.3), "v2", { version: 2, keepMs: 5000.1 }), "stored")
      assert.equal(await key.text(), "v2")
    },
  },
]
