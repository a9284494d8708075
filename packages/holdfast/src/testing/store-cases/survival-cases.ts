import assert from "node:assert/strict"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import type { StoreCase } from "./store-scene.ts"

/** What the world does to a store: forgets, evicts, looks inside, closes. */
export const survivalCases: readonly StoreCase[] = [
  {
    name: "a server that forgets its scripts before every step changes nothing",
    async run(scene) {
      const key = scene.key()
      const forget = (): Promise<void> => scene.subject.forgetScripts()
      await forget()
      const grant = await key.win()
      await forget()
      assert.equal(await scene.store.extendLease(grant, 60_000), "held")
      await forget()
      assert.equal(await key.fillUnder(grant, "v1", { version: 1 }), "stored")
      await forget()
      const window = await key.open()
      await forget()
      assert.equal(await scene.store.extendWindow(window, 60_000), "held")
      await forget()
      assert.equal(await key.close(window, "v2", { version: 2 }), "stored")
      await forget()
      assert.equal(await key.put("v3", 3), "stored")
      await forget()
      await key.invalidate()
      const next = await key.win()
      await forget()
      await scene.store.releaseLease(next, "failed")
      assert.equal((await key.lease()).is, "win")
    },
  },
  {
    name: "a server that forgets its scripts between the steps of a tag changes nothing",
    async run(scene) {
      const tag = scene.tag()
      const forget = (): Promise<void> => scene.subject.forgetScripts()
      await forget()
      const incarnation = await tag.beginHalf()
      await forget()
      const clock = await scene.store.readTagClock()
      await forget()
      assert.equal(await tag.complete(incarnation, clock), "complete")
      await forget()
      const next = await scene.store.advanceTagClock()
      await forget()
      await tag.invalidate(next)
      assert.equal(await tag.state(), 1)
    },
  },
  {
    name: "the control record may be evicted before any step: at worst one more load, never an old value",
    async run(scene) {
      for (let evictBefore = 0; evictBefore < 5; evictBefore++) {
        const key = scene.key()
        const steps = [
          async () => void (grant = await key.win()),
          async () => void (window = await key.open()),
          async () => key.invalidate({ version: 2 }),
          async () => assert.equal(await key.fillUnder(grant, "v1", { version: 1 }), "lost"),
          async () => assert.equal(await key.close(window, "v1", { version: 1 }), "invalidated"),
        ]
        let grant = { address: key.address, token: "", generation: {} }
        let window = { address: key.address, id: "", generation: {} }
        for (const [at, step] of steps.entries()) {
          if (at === evictBefore) await scene.subject.evict(key.address.control)
          await step()
        }
        assert.equal(await key.text(), undefined)
        await key.stock("v2", { version: 2 })
        assert.equal(await key.text(), "v2")
      }
    },
  },
  {
    name: "a grant of another generation fills nothing and stores nothing, and of what it holds only a window is prolonged",
    async run(scene) {
      const key = scene.key()
      const lease = { ...(await key.win()), generation: {} }
      const window = { ...(await key.open()), generation: {} }
      assert.equal(await scene.store.extendLease(lease, 60_000), "gone")
      assert.equal(await scene.store.extendWindow(window, 60_000), "held")
      const refused = (error: unknown): boolean => error instanceof HoldfastError && error.code === "GENERATION_CHANGED"
      await assert.rejects(key.fillUnder(lease, "v1"), refused)
      assert.equal(await key.close(window, "v1"), "invalidated")
      assert.equal(await key.text(), undefined)
    },
  },
  {
    name: "an evicted value is a miss, and its lease goes on",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { stale: true })
      const grant = await key.win()
      await scene.subject.evict(key.address.value)
      assert.equal(await key.text(), undefined)
      assert.equal((await key.lease()).is, "wait")
      assert.equal(await key.fillUnder(grant, "v2"), "stored")
    },
  },
  {
    name: "an inspection shows what is stored and what is under way, and changes nothing",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1", { version: 1, stale: true })
      await key.invalidate({ mode: "expire", version: 7, tombstoneMs: 30_000 })
      await key.win({ leaseMs: 10_000 })
      await key.open(20_000)
      await key.open(20_000)
      for (let round = 0; round < 2; round++) {
        const seen = await scene.store.inspect(key.address)
        assert.equal(key.textOf(seen.bytes), "v1")
        const lives = [seen.keepMs, seen.lease?.remainingMs, seen.windows[0]?.remainingMs, seen.tombstone?.remainingMs]
        for (const [at, limitMs] of [60_000, 10_000, 20_000, 30_000].entries()) {
          const remainingMs = lives[at] ?? 0
          assert.ok(
            remainingMs > limitMs - 8000 && remainingMs <= limitMs + 500,
            `${remainingMs} of ${limitMs} ms remain`,
          )
        }
        assert.deepEqual(
          seen.windows.map((window) => window.overlapped),
          [true, true],
        )
      }
    },
  },
  {
    name: "nothing is left on record when nothing is under way",
    async run(scene) {
      const key = scene.key()
      await key.stock("v1")
      await key.close(await key.open(), "v2")
      const seen = await scene.store.inspect(key.address)
      assert.deepEqual([seen.lease, seen.windows, seen.tombstone], [undefined, [], undefined])
    },
  },
  {
    name: "health names each server and never rejects",
    async run(scene) {
      const nodes = await scene.store.health()
      assert.ok(nodes.length > 0)
      for (const node of nodes) assert.equal(node.ok, true, JSON.stringify(node))
    },
  },
  {
    name: "after close every call rejects with CLOSED, and closing again does no harm",
    async run(scene) {
      const [key, tag] = [scene.key(), scene.tag()]
      const grant = await key.win()
      const clock = await scene.store.readTagClock()
      await scene.store.close({ timeoutMs: 1000 })
      await scene.store.close({ timeoutMs: 1000 })
      const calls = [
        () => key.text(),
        () => key.lease(),
        () => key.fillUnder(grant, "late"),
        () => key.invalidate(),
        () => key.open(),
        () => scene.store.releaseLease(grant, "failed"),
        () => scene.store.inspect(key.address),
        () => scene.store.readTagClock(),
        () => scene.store.advanceTagClock(),
        () => tag.state(),
        () => tag.begin({ era: "" }),
        () => tag.complete("", clock),
        () => tag.invalidate(clock),
      ]
      for (const call of calls) {
        await assert.rejects(call, (error) => error instanceof HoldfastError && error.code === "CLOSED")
      }
    },
  },
]
