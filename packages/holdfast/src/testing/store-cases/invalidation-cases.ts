import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"

const modes = ["drop", "expire"] as const

/** INVALIDATE, rule R2. */
export const invalidationCases: readonly StoreCase[] = [
  {
    name: "a drop removes the value",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      await key.invalidate()
      assert.equal(await key.text(), undefined)
      assert.equal((await key.lease()).is, "win")
    },
  },
  {
    name: "an expire leaves the value to be served stale, for no longer than it had",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { keepMs: 1000 })
      await key.invalidate({ mode: "expire" })
      assert.equal(await key.text(), "v1")
      const answer = await key.lease()
      assert.equal(answer.is, "stale-win")
      assert.equal("bytes" in answer && key.textOf(answer.bytes), "v1")
      await scene.advance(1100)
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "an expire leaves the value for its grace and no longer, and without grace not at all",
    async run(scene) {
      for (const end of ["invalidate", "close", "put"] as const) {
        const key = scene.key()
        const change = { mode: "expire", graceMs: 500 } as const
        await key.stock("v1")
        if (end === "invalidate") await key.invalidate(change)
        else if (end === "close") await key.close(await key.open(), undefined, change)
        else await key.put("v2", 2, change)
        assert.equal(await key.text(), "v1", end)
        const { keepMs } = await scene.store.inspect(key.address)
        assert.ok(keepMs !== undefined && keepMs <= 500, `after ${end} ${keepMs} ms remain`)
        await scene.advance(600)
        assert.equal(await key.text(), undefined, end)
        await key.stock("v3", { version: 3 })
        await key.invalidate({ mode: "expire", graceMs: 0 })
        assert.equal(await key.text(), undefined, end)
      }
    },
  },
  {
    name: "an expire removes bytes that are no entry",
    async run(scene) {
      const key = scene.key()
      await scene.store.fill(await key.win(), { bytes: Buffer.from("garbage"), keepMs: 60_000 })
      await key.invalidate({ mode: "expire" })
      assert.equal(await scene.store.look(key.address), undefined)
    },
  },
  {
    name: "a load that began before an invalidation does not fill after it",
    async run(scene) {
      for (const mode of modes) {
        const key = scene.key()
        const grant = await key.win()
        await key.invalidate({ mode })
        assert.equal(await key.fillUnder(grant, "old"), "lost")
        assert.equal(await key.text(), undefined)
      }
    },
  },
  {
    name: "a refresh that began before an invalidation does not fill after it",
    async run(scene) {
      for (const mode of modes) {
        const key = scene.key()
        await key.stock("v1", { stale: true })
        const grant = await key.win()
        await key.invalidate({ mode })
        assert.equal(await key.fillUnder(grant, "old"), "lost")
        assert.equal(await key.text(), mode === "drop" ? undefined : "v1")
      }
    },
  },
  {
    name: "an invalidation sets the lease free at once",
    async run(scene) {
      for (const mode of modes) {
        const key = scene.key()
        await key.win()
        await key.invalidate({ mode })
        const next = await key.win()
        assert.equal(await key.fillUnder(next, "v2"), "stored")
      }
    },
  },
  {
    name: "an invalidation of what is not there is an invalidation, and leaves nothing behind",
    async run(scene) {
      for (const mode of modes) {
        const key = scene.key()
        await key.invalidate({ mode })
        const seen = await scene.store.inspect(key.address)
        assert.deepEqual(seen, {
          bytes: undefined,
          keepMs: undefined,
          lease: undefined,
          windows: [],
          tombstone: undefined,
        })
      }
    },
  },
  {
    name: "an invalidation repeated is the same as once",
    async run(scene) {
      const key = scene.key()
      await key.stock("v5", { version: 5 })
      await key.invalidate({ version: 6 })
      await key.invalidate({ version: 6 })
      assert.equal(await key.fillUnder(await key.win(), "v5", { version: 5 }), "older")
      assert.equal(await key.fillUnder(await key.win(), "v6", { version: 6 }), "stored")
    },
  },
]
