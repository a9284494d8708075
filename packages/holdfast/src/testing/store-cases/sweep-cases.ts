import assert from "node:assert/strict"
import type { KeySweep } from "../../contracts/key-scan.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { systemRandom } from "../../internal/random.ts"
import type { StoreCase, StoreKey, StoreScene } from "./store-scene.ts"

/** What the names of one case begin with, and keys with such names. */
function family(scene: StoreScene): { readonly prefix: string; readonly key: (name: string) => StoreKey } {
  const prefix = `${scene.subject.namespace}:{f${systemRandom.token()}:`
  return { prefix, key: (name) => scene.keyNamed(`${prefix}${name}}`) }
}

async function sweep(scene: StoreScene, prefix: string, own: Partial<KeySweep> = {}): Promise<readonly string[]> {
  const found = new Set<string>()
  await scene.store.sweepKeys({
    prefix,
    pattern: `${prefix}*`,
    pace: { budgetMs: 2, share: 1 },
    signal: new AbortController().signal,
    onKeys: async (names) => names.forEach((name) => found.add(name)),
    onProgress: () => {},
    ...own,
  })
  return [...found].filter((name) => name.startsWith(prefix)).sort()
}

const stocked = async (key: StoreKey): Promise<StoreKey> => {
  await key.stock("v")
  return key
}

/** Sweeps: finding what is in the store by what its keys begin with. */
export const sweepCases: readonly StoreCase[] = [
  {
    name: "a sweep finds every entry whose key begins so, and no other",
    async run(scene) {
      const { prefix, key } = family(scene)
      const keys = await Promise.all(Array.from({ length: 250 }, (_, at) => stocked(key(`k${at}`))))
      await stocked(family(scene).key("other"))
      assert.deepEqual(await sweep(scene, prefix), keys.map(({ address }) => address.value).sort())
    },
  },
  {
    name: "a sweep finds a lease and a window under which nothing is stored yet, by their control keys",
    async run(scene) {
      const { prefix, key } = family(scene)
      const [leased, written] = [key("leased"), key("written")]
      await leased.win()
      await written.open()
      assert.deepEqual(await sweep(scene, prefix), [leased.address.control, written.address.control].sort())
    },
  },
  {
    name: "a sweep finds neither what was dropped nor what has left by itself",
    async run(scene) {
      const { prefix, key } = family(scene)
      const [dropped, brief, lasting] = [key("dropped"), key("brief"), key("lasting")]
      await Promise.all([dropped.stock("v"), brief.stock("v", { keepMs: 20 }), lasting.stock("v")])
      await dropped.invalidate()
      await scene.advance(60)
      assert.deepEqual(await sweep(scene, prefix), [lasting.address.value])
    },
  },
  {
    name: "a sweep waits for whoever takes the keys, and then goes on",
    async run(scene) {
      const { prefix, key } = family(scene)
      await Promise.all(Array.from({ length: 250 }, (_, at) => stocked(key(`k${at}`))))
      let [busy, most, count] = [0, 0, 0]
      const onKeys = async (names: readonly string[]): Promise<void> => {
        most = Math.max(most, ++busy)
        await scene.advance(1)
        busy -= 1
        count += names.filter((name) => name.startsWith(prefix)).length
      }
      await sweep(scene, prefix, { onKeys })
      assert.ok(count >= 250, `${count} of 250 keys were brought`)
      assert.ok(most <= 3, `${most} lots of keys were brought at one time`)
    },
  },
  {
    name: "a sweep ends with what the taker throws, and with the reason of its signal",
    async run(scene) {
      const { prefix, key } = family(scene)
      await stocked(key("k"))
      const thrown = new Error("enough")
      const onKeys = (): Promise<void> => Promise.reject(thrown)
      await assert.rejects(sweep(scene, prefix, { onKeys }), thrown)
      const stop = new AbortController()
      stop.abort(thrown)
      await assert.rejects(sweep(scene, prefix, { signal: stop.signal }), thrown)
      const late = new AbortController()
      const abort = async (): Promise<void> => late.abort(thrown)
      await assert.rejects(sweep(scene, prefix, { signal: late.signal, onKeys: abort }), thrown)
    },
  },
  {
    name: "a sweep of a store that was closed rejects with CLOSED",
    async run(scene) {
      const { prefix } = family(scene)
      await scene.store.close({ timeoutMs: 0 })
      const isClosed = (error: unknown): boolean => error instanceof HoldfastError && error.code === "CLOSED"
      await assert.rejects(sweep(scene, prefix), isClosed)
    },
  },
]
