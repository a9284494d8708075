import assert from "node:assert/strict"
import type { LeaseGrant } from "../../contracts/store.ts"
import { entryIdOf } from "../../entry/envelope.ts"
import type { StoreCase, StoreKey, StoreScene } from "./store-scene.ts"

/** Says under a lease that the value of an entry is unchanged, and asks for a life of so many milliseconds from now. */
async function keep(
  scene: StoreScene,
  { address }: StoreKey,
  grant: LeaseGrant,
  id: string,
  freshMs: number = 20_000,
): Promise<string> {
  const freshUntilMs = scene.store.now(address) + freshMs
  return scene.store.keepUnchanged(grant, { id, freshUntilMs, keepMs: freshMs })
}

/** An entry past its ttl, and the lease to refresh it. */
async function staleUnderLease(
  key: StoreKey,
  options: { readonly version?: number } = {},
): Promise<{ readonly id: string; readonly grant: LeaseGrant }> {
  await key.stock("v1", { stale: true, ...options })
  return { id: await key.id(), grant: await key.win() }
}

/** An entry that a load has found unchanged lives on. */
export const keepCases: readonly StoreCase[] = [
  {
    name: "what is unchanged stays as it is, and is fresh and kept for as long as was asked for",
    async run(scene) {
      const key = scene.key()
      const { id, grant } = await staleUnderLease(key, { version: 3 })
      assert.equal(await keep(scene, key, grant, id), "kept")
      const answer = await key.lease()
      assert.ok(answer.is === "hit")
      assert.equal(key.textOf(answer.bytes), "v1")
      assert.equal(entryIdOf(answer.bytes), id)
      const { keepMs, lease } = await scene.store.inspect(key.address)
      assert.ok(keepMs !== undefined && keepMs > 10_000 && keepMs <= 20_000, `${keepMs} ms left`)
      assert.equal(lease, undefined)
      await key.invalidate()
      assert.equal(await key.fillUnder(await key.win(), "v0", { version: 2 }), "older", "its version is not forgotten")
    },
  },
  {
    name: "a lease ends with it, and a shorter life is one too",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      const id = await key.id()
      const grant = await key.win({ early: id })
      assert.equal(await keep(scene, key, grant, id, 1000), "kept")
      assert.equal(await keep(scene, key, grant, id), "lost")
      assert.equal(await key.fillUnder(grant, "v2"), "lost")
      await scene.advance(1200)
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "an entry that was expired before the lease was granted is fresh again",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      await key.invalidate({ mode: "expire" })
      const id = await key.id()
      assert.equal(await keep(scene, key, await key.win(), id), "kept")
      assert.equal((await key.lease()).is, "hit")
    },
  },
  {
    name: "what is gone, or has another in its place, is not made, and the lease is given back",
    async run(scene) {
      const gone = scene.key()
      const { id, grant } = await staleUnderLease(gone)
      await scene.subject.evict(gone.address.value)
      assert.equal(await keep(scene, gone, grant, id), "gone")
      assert.equal(await gone.text(), undefined)
      await gone.win()
      const other = scene.key()
      const there = await staleUnderLease(other)
      assert.equal(await keep(scene, other, there.grant, id), "gone")
      assert.equal((await other.lease()).is, "stale-win")
      assert.equal(await other.id(), there.id)
    },
  },
  {
    name: "without its lease nothing lives on",
    async run(scene) {
      const preparations = [
        (key: StoreKey) => key.invalidate({ mode: "expire" }),
        (key: StoreKey) => scene.subject.evict(key.address.control),
      ]
      for (const prepare of preparations) {
        const key = scene.key()
        const { id, grant } = await staleUnderLease(key)
        await prepare(key)
        assert.equal(await keep(scene, key, grant, id), "lost")
        assert.equal((await key.lease()).is, "stale-win")
      }
      const key = scene.key()
      const { id, grant } = await staleUnderLease(key)
      assert.equal(await keep(scene, key, { ...grant, token: "f".repeat(32) }, id), "lost")
      assert.equal(await keep(scene, key, grant, id), "kept", "the holder's lease was left alone")
    },
  },
  {
    name: "an entry older than the tombstone does not live on, and the lease is given back",
    async run(scene) {
      for (const version of [undefined, 4]) {
        const key = scene.key()
        await key.stock("v1", version === undefined ? {} : { version })
        await key.invalidate({ mode: "expire", version: 5 })
        const id = await key.id()
        assert.equal(await keep(scene, key, await key.win(), id), "older")
        assert.equal((await key.lease()).is, "stale-win")
      }
      const key = scene.key()
      await key.stock("v1", { version: 5 })
      await key.invalidate({ mode: "expire", version: 5 })
      const id = await key.id()
      assert.equal(await keep(scene, key, await key.win(), id), "kept", "it is as new as the tombstone")
    },
  },
  {
    name: "who waits is woken as by a fill, or as by a release if there is nothing to keep",
    async run(scene) {
      for (const [reason, isThere] of [
        ["filled", true],
        ["released", false],
      ] as const) {
        const key = scene.key()
        const { id, grant } = await staleUnderLease(key)
        const heard = key.listen()
        assert.equal((await key.lease({ rejected: id })).is, "wait")
        await keep(scene, key, grant, isThere ? id : "f".repeat(32))
        await scene.until(() => heard.reasons.length > 0)
        await scene.advance(20)
        assert.deepEqual(heard.reasons, [reason])
      }
    },
  },
]
