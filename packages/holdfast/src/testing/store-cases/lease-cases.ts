import assert from "node:assert/strict"
import type { LeaseGrant } from "../../contracts/store.ts"
import { entryIdOf } from "../../entry/envelope.ts"
import type { StoreCase, StoreKey } from "./store-scene.ts"

/** LEASE, its extension and its return. */
export const leaseCases: readonly StoreCase[] = [
  {
    name: "of all who miss a key one wins and the others wait",
    async run(scene) {
      const key = scene.key()
      const answers = await Promise.all(Array.from({ length: 20 }, () => key.lease()))
      const words = answers.map((answer) => answer.is).sort()
      assert.deepEqual(words, [...Array.from({ length: 19 }, () => "wait"), "win"])
    },
  },
  {
    name: "a fresh entry is a hit with its bytes",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const answer = await key.lease()
      assert.equal(answer.is, "hit")
      assert.equal("bytes" in answer && key.textOf(answer.bytes), "v1")
    },
  },
  {
    name: "of all who find an entry past its ttl one refreshes it and the others get it stale",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { stale: true })
      const answers = [await key.lease(), await key.lease(), await key.lease()]
      assert.deepEqual(
        answers.map((answer) => [answer.is, "bytes" in answer && key.textOf(answer.bytes)]),
        [
          ["stale-win", "v1"],
          ["stale", "v1"],
          ["stale", "v1"],
        ],
      )
    },
  },
  {
    name: "an entry passes its ttl in the store's own time",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { freshMs: 2000 })
      assert.equal((await key.lease()).is, "hit")
      await scene.advance(2500)
      assert.equal((await key.lease()).is, "stale-win")
    },
  },
  {
    name: "a rejected entry counts as absent, fresh or stale, and only for who rejects it",
    async run(scene) {
      for (const stale of [false, true]) {
        const key = scene.key()
        await key.stock("dead", { stale })
        const rejected = entryIdOf((await scene.store.look(key.address)) ?? Buffer.alloc(0))
        assert.ok(rejected !== undefined)
        assert.equal((await key.lease({ rejected })).is, "win")
        assert.equal((await key.lease({ rejected })).is, "wait")
        assert.equal((await key.lease()).is, stale ? "stale" : "hit")
      }
    },
  },
  {
    name: "a fresh entry counts as past its ttl for who refreshes it early, and for nobody else",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const early = entryIdOf((await scene.store.look(key.address)) ?? Buffer.alloc(0))
      assert.ok(early !== undefined)
      const answer = await key.lease({ early })
      assert.deepEqual([answer.is, "bytes" in answer && key.textOf(answer.bytes)], ["stale-win", "v1"])
      assert.equal((await key.lease({ early })).is, "stale")
      assert.equal((await key.lease()).is, "hit")
      assert.ok(answer.is === "stale-win")
      assert.equal(await key.fillUnder(answer.grant, "v2"), "stored")
      assert.equal((await key.lease({ early })).is, "hit", "the entry is another one now")
    },
  },
  {
    name: "who would refresh early what has gone loads it as anybody would",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const early = entryIdOf((await scene.store.look(key.address)) ?? Buffer.alloc(0))
      await key.invalidate()
      assert.equal((await key.lease({ early })).is, "win")
      assert.equal((await key.lease({ early })).is, "wait")
    },
  },
  {
    name: "an invalidation takes the lease of an early refresh away",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const early = entryIdOf((await scene.store.look(key.address)) ?? Buffer.alloc(0))
      const answer = await key.lease({ early })
      assert.ok(answer.is === "stale-win")
      await key.invalidate()
      assert.equal(await key.fillUnder(answer.grant, "v1 again"), "lost")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "rejecting another id than the stored one changes nothing",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      assert.equal((await key.lease({ rejected: "0".repeat(32) })).is, "hit")
    },
  },
  {
    name: "bytes that are no entry count as absent",
    async run(scene) {
      const whole = scene.key().entry("v1").bytes
      const laterFormat = Buffer.from(whole)
      laterFormat[2] = 2
      for (const bytes of [Buffer.from("garbage"), whole.subarray(0, 63), laterFormat, Buffer.alloc(100)]) {
        const key = scene.key()
        await scene.store.fill(await key.win(), { bytes, keepMs: 60_000 })
        assert.equal((await key.lease()).is, "win")
      }
    },
  },
  {
    name: "a lease past its deadline is replaced, and its token is worth nothing then",
    async run(scene) {
      const key = scene.key()
      await key.open()
      const first = await key.win({ leaseMs: 20 })
      await scene.advance(60)
      const second = await key.win()
      assert.equal(await scene.store.extendLease(first, 60_000), "gone")
      assert.equal(await key.fillUnder(first, "late"), "lost")
      await scene.store.releaseLease(first, "failed")
      assert.equal(await key.fillUnder(second, "v2"), "stored")
    },
  },
  {
    name: "an extension keeps a lease beyond its first deadline",
    async run(scene) {
      const key = scene.key()
      const grant = await key.win({ leaseMs: 1000 })
      assert.equal(await scene.store.extendLease(grant, 60_000), "held")
      await scene.advance(1100)
      assert.equal((await key.lease()).is, "wait")
      assert.equal(await key.fillUnder(grant, "v1"), "stored")
    },
  },
  {
    name: "an extension never shortens a lease",
    async run(scene) {
      const key = scene.key()
      const grant = await key.win()
      assert.equal(await scene.store.extendLease(grant, 1), "held")
      await scene.advance(50)
      assert.equal((await key.lease()).is, "wait")
    },
  },
  {
    name: "an extension never creates a lease that is gone",
    async run(scene) {
      const ends: readonly ((key: StoreKey, grant: LeaseGrant) => Promise<unknown>)[] = [
        (key, grant) => key.fillUnder(grant, "v1"),
        (_, grant) => scene.store.releaseLease(grant, "abandoned"),
        (key) => key.invalidate(),
        (key) => scene.subject.evict(key.address.control),
        async (key) => key.close(await key.open(), undefined),
      ]
      for (const end of ends) {
        const key = scene.key()
        const grant = await key.win()
        await end(key, grant)
        assert.equal(await scene.store.extendLease(grant, 60_000), "gone")
        assert.equal(await key.fillUnder(grant, "again"), "lost")
        const rejected = entryIdOf((await scene.store.look(key.address)) ?? Buffer.alloc(0))
        assert.equal((await key.lease({ rejected })).is, "win")
      }
    },
  },
  {
    name: "a lease given back is free at once; giving it back twice, or after it was lost, takes nothing from others",
    async run(scene) {
      const key = scene.key()
      const first = await key.win()
      await scene.store.releaseLease(first, "abandoned")
      const second = await key.win()
      await scene.store.releaseLease(first, "failed")
      assert.equal((await key.lease()).is, "wait")
      assert.equal(await key.fillUnder(second, "v1"), "stored")
    },
  },
  {
    name: "a grant is current as long as its connection is",
    async run(scene) {
      const key = scene.key()
      assert.equal(scene.store.isCurrent(await key.win()), true)
      assert.equal(scene.store.isCurrent(await key.open()), true)
      assert.equal(scene.store.isCurrent({ address: key.address, token: "0".repeat(32), generation: {} }), false)
    },
  },
]
