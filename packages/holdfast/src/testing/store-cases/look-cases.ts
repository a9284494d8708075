import assert from "node:assert/strict"
import type { StoreCase } from "./store-scene.ts"

/** Looks: plain reads that change nothing. */
export const lookCases: readonly StoreCase[] = [
  {
    name: "an absent key answers undefined",
    async run(scene) {
      assert.equal(await scene.key().text(), undefined)
    },
  },
  {
    name: "looks issued in one turn are each answered with their own key",
    async run(scene) {
      const keys = Array.from({ length: 150 }, () => scene.key())
      for (const [at, key] of keys.entries()) if (at % 3 !== 0) await key.stock(`value ${at}`)
      const texts = await Promise.all(keys.map((key) => key.text()))
      assert.deepEqual(
        texts,
        keys.map((_, at) => (at % 3 === 0 ? undefined : `value ${at}`)),
      )
    },
  },
  {
    name: "a second opinion finds the same entry",
    async run(scene) {
      const key = scene.key()
      assert.equal((await scene.store.lookAgain(key.address)).bytes, undefined)
      await key.stock("v1")
      assert.equal(key.textOf((await scene.store.lookAgain(key.address)).bytes), "v1")
    },
  },
  {
    name: "bytes come back as they went in, whatever they are",
    async run(scene) {
      const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte))
      for (const bytes of [all, Buffer.alloc(300_000, all), Buffer.from("\r\n$-1\r\n"), Buffer.alloc(0)]) {
        const key = scene.key()
        assert.equal(await scene.store.fill(await key.win(), { bytes, keepMs: 60_000 }), "stored")
        assert.deepEqual(await scene.store.look(key.address), bytes)
      }
    },
  },
  {
    name: "a key may hold any character and 10 kB of them",
    async run(scene) {
      const suffixes = [
        "\n lease x 9 1\n",
        "*?[a]",
        "\u0000\\",
        "snow \u2603 \u{1f9ca}",
        "x".repeat(10_000),
        "%d %s ' \" `",
      ]
      const keys = suffixes.map((suffix) => scene.key(suffix))
      for (const key of keys) await key.stock(key.address.value)
      for (const key of keys) {
        assert.equal(await key.text(), key.address.value)
        const heard = key.listen()
        await key.invalidate()
        await scene.until(() => heard.reasons.length === 1)
        assert.equal(await key.text(), undefined)
      }
    },
  },
]
