import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"

/** Write windows, rule R6 in leased mode, and the close of a write. */
export const windowCases: readonly StoreCase[] = [
  {
    name: "a write alone stores its value",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      assert.equal(await key.close(await key.open(), "v2"), "stored")
      assert.equal(await key.text(), "v2")
    },
  },
  {
    name: "an open window drops nothing and bars no fill",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      await key.open()
      assert.equal(await key.text(), "v1")
      const other = scene.key()
      const grant = await other.win()
      await other.open()
      assert.equal(await other.fillUnder(grant, "v1"), "stored")
    },
  },
  {
    name: "a write without a value invalidates, by drop or by expire",
    async run(scene) {
      const dropped = scene.key()
      await dropped.stock("v1")
      assert.equal(await dropped.close(await dropped.open(), undefined), "invalidated")
      assert.equal(await dropped.text(), undefined)
      const expired = scene.key()
      await expired.stock("v1")
      assert.equal(await expired.close(await expired.open(), undefined, { mode: "expire" }), "invalidated")
      assert.equal((await expired.lease()).is, "stale-win")
    },
  },
  {
    name: "of writes that overlap none stores, in whatever order they end",
    async run(scene) {
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
      ]) {
        const key = scene.key()
        const windows = [await key.open(), await key.open(), await key.open()]
        for (const at of order) {
          const grant = windows[at]
          assert.ok(grant !== undefined)
          assert.equal(await key.close(grant, `write ${at}`), "invalidated")
        }
        assert.equal(await key.text(), undefined)
      }
    },
  },
  {
    name: "a write that overlapped one that has ended stays overlapped",
    async run(scene) {
      const key = scene.key()
      const first = await key.open()
      const second = await key.open()
      await key.close(first, "first")
      assert.equal(await scene.store.extendWindow(second, 60_000), "held")
      assert.equal(await key.close(second, "second"), "invalidated")
    },
  },
  {
    name: "a write after another has ended stores its value",
    async run(scene) {
      const key = scene.key()
      await key.close(await key.open(), "first")
      assert.equal(await key.close(await key.open(), "second"), "stored")
      assert.equal(await key.text(), "second")
    },
  },
  {
    name: "a write during which the key was invalidated or put stores nothing",
    async run(scene) {
      const disturbances = [
        async () => key.invalidate(),
        async () => key.invalidate({ mode: "expire" }),
        async () => void (await key.put("other", 50)),
        async () => void (await key.put("other", 150)),
      ]
      let key = scene.key()
      for (const disturb of disturbances) {
        key = scene.key()
        await key.stock("v100", { version: 100 })
        const grant = await key.open()
        await disturb()
        const undisturbed = disturb === disturbances[2]
        assert.equal(await key.close(grant, "v200", { version: 200 }), undisturbed ? "stored" : "invalidated")
        assert.equal(await key.text(), undisturbed ? "v200" : undefined)
      }
    },
  },
  {
    name: "a write whose window has passed its deadline, was evicted or never was recorded stores nothing",
    async run(scene) {
      const late = scene.key()
      await late.invalidate({ version: 1 })
      const grant = await late.open(20)
      await scene.advance(60)
      assert.equal(await late.close(grant, "late", { version: 2 }), "invalidated")
      const evicted = scene.key()
      const lost = await evicted.open()
      await scene.subject.evict(evicted.address.control)
      assert.equal(await evicted.close(lost, "lost"), "invalidated")
      const never = scene.key()
      assert.equal(await never.close({ ...lost, address: never.address }, "never"), "invalidated")
    },
  },
  {
    name: "a window past its deadline overlaps nobody any more",
    async run(scene) {
      const key = scene.key()
      await key.invalidate({ version: 1 })
      await key.open(20)
      await scene.advance(60)
      assert.equal(await key.close(await key.open(), "v2", { version: 2 }), "stored")
    },
  },
  {
    name: "a window can be prolonged, not shortened and not called back",
    async run(scene) {
      const key = scene.key()
      const grant = await key.open(1000)
      assert.equal(await scene.store.extendWindow(grant, 60_000), "held")
      assert.equal(await scene.store.extendWindow(grant, 1), "held")
      await scene.advance(1100)
      assert.equal(await key.close(grant, "v1"), "stored")
      assert.equal(await scene.store.extendWindow(grant, 60_000), "gone")
      assert.equal((await scene.store.inspect(key.address)).windows.length, 0)
    },
  },
  {
    name: "a close that is repeated invalidates",
    async run(scene) {
      const key = scene.key()
      const grant = await key.open()
      assert.equal(await key.close(grant, "v1"), "stored")
      assert.equal(await key.close(grant, "v1"), "invalidated")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "an open that is repeated counts as overlapped",
    async run(scene) {
      const key = scene.key()
      const request = { id: "a".repeat(32), windowMs: 60_000 }
      await scene.store.openWindow(key.address, request)
      const grant = await scene.store.openWindow(key.address, request)
      assert.equal((await scene.store.inspect(key.address)).windows.length, 1)
      assert.equal(await key.close(grant, "v1"), "invalidated")
    },
  },
  {
    name: "the end of a write voids the lease of a load that began before it",
    async run(scene) {
      for (const text of ["written", undefined]) {
        const key = scene.key()
        const window = await key.open()
        const lease = await key.win()
        await key.close(window, text)
        assert.equal(await key.fillUnder(lease, "loaded before"), "lost")
        assert.equal(await key.text(), text)
      }
    },
  },
  {
    name: "a write older than tombstone or stored value stores nothing and invalidates",
    async run(scene) {
      const stored = scene.key()
      await stored.stock("v10", { version: 10 })
      assert.equal(await stored.close(await stored.open(), "v9", { version: 9 }), "invalidated")
      assert.equal(await stored.text(), undefined)
      assert.equal(await stored.fillUnder(await stored.win(), "v9", { version: 9 }), "older")
      const buried = scene.key()
      await buried.invalidate({ version: 10 })
      assert.equal(await buried.close(await buried.open(), "v9", { version: 9 }), "invalidated")
      assert.equal(await buried.close(await buried.open(), "none"), "invalidated")
      assert.equal(await buried.close(await buried.open(), "v10", { version: 10 }), "stored")
    },
  },
]
