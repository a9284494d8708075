import { getEventListeners } from "node:events"
import { expect, test, vi } from "vitest"
import type { KeySweep } from "../../contracts/key-scan.ts"
import { glob, type Glob } from "../../entry/glob.ts"
import { overriding, testBed } from "../cache.fixture.ts"
import type { ScannedKey } from "./key-stream.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const load = async (): Promise<string> => "v"

async function all(keys: AsyncIterable<ScannedKey>): Promise<ScannedKey[]> {
  const found: ScannedKey[] = []
  for await (const key of keys) found.push(key)
  return found
}

test("scan finds entries and nothing else, as they were given as texts", async () => {
  const { holdfast } = testBed()
  const texts = holdfast.cache({ ...policy, name: "text", load: (_key: string | number) => load() })
  const tuples = holdfast.cache({ ...policy, name: "tuple", load: (_key: readonly [string, number]) => load() })
  const objects = holdfast.cache({ ...policy, name: "object", load: (_key: { id: number }) => load() })
  await texts.getMany(["a:b", 7])
  await tuples.get(["a:b", 7])
  await objects.get({ id: 7 })
  const lease = await texts.lookup("under way")
  expect(lease.hit).toBe(false)
  expect(await all(texts.scan())).toEqual([
    { cache: "text", key: "a:b", storeKey: "test:{text:a%3Ab}" },
    { cache: "text", key: "7", storeKey: "test:{text:7}" },
  ])
  expect(await all(tuples.scan())).toMatchObject([{ key: ["a:b", "7"], storeKey: "test:{tuple:a%3Ab:7}" }])
  expect((await all(objects.scan())).map(({ key }) => key)).toEqual([undefined])
  expect((await all(holdfast.scan())).length).toBe(4)
  expect((await all(holdfast.scan({ match: glob`t*:*7` }))).map(({ cache }) => cache)).toEqual(["text", "tuple"])
})

test("each key comes once, however often the store brings it", async () => {
  const brings = [["test:{item:a}", "test:{item:b}"], ["test:{item:a}:ctl"], ["test:{item:b}", "test:{item:a}"]]
  const sweepKeys = async ({ onKeys }: KeySweep): Promise<void> => {
    for (const names of brings) await onKeys(names)
  }
  const { holdfast } = testBed((store) => overriding(store, { sweepKeys }))
  const cache = holdfast.cache({ ...policy, name: "item", load })
  expect((await all(cache.scan())).map(({ key }) => key)).toEqual(["a", "b"])
})

test("a scan leaves nothing behind in a signal that outlives it", async () => {
  const joining = vi.spyOn(AbortSignal, "any")
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "item", load })
  await cache.get("a")
  const { signal } = new AbortController()
  expect(await all(cache.scan({ signal }))).toHaveLength(1)
  expect(getEventListeners(signal, "abort")).toHaveLength(0)
  // Node 20 never forgets what it has made of a signal.
  expect(joining).not.toHaveBeenCalled()
  joining.mockRestore()
})

test("whoever stops taking stops the sweep", async () => {
  let [asked, ended] = [0, false]
  const sweepKeys = async ({ onKeys, signal }: KeySweep): Promise<void> => {
    signal.addEventListener("abort", () => (ended = true))
    for (;;) {
      asked += 1
      await onKeys([`test:{item:${asked}}`])
    }
  }
  const { holdfast } = testBed((store) => overriding(store, { sweepKeys }))
  const cache = holdfast.cache({ ...policy, name: "item", load })
  for await (const { key } of cache.scan()) if (key === "3") break
  expect([asked, ended]).toEqual([3, true])
})

test("what ends the sweep reaches who iterates", async () => {
  const failure = new Error("the store broke")
  const sweepKeys = async ({ onKeys }: KeySweep): Promise<void> => {
    await onKeys(["test:{item:a}"])
    throw failure
  }
  const { holdfast } = testBed((store) => overriding(store, { sweepKeys }))
  const cache = holdfast.cache({ ...policy, name: "item", load })
  const keys = cache.scan()
  expect((await keys.next()).value).toMatchObject({ key: "a" })
  await expect(keys.next()).rejects.toBe(failure)
})

test("an abort is told although keys wait to be taken", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "item", load: (_key: string) => load() })
  await cache.getMany(Array.from({ length: 300 }, (_, at) => `${at}`))
  const stop = new AbortController()
  const keys = cache.scan({ signal: stop.signal })
  await keys.next()
  const reason = new Error("enough")
  stop.abort(reason)
  await expect(all(keys)).rejects.toBe(reason)
})

test("wrong options are refused before anything is asked", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "item", load })
  const code = (wanted: string) => expect.objectContaining({ code: wanted })
  expect(() => cache.scan({ match: "*" as unknown as Glob })).toThrow(code("INVALID_PATTERN"))
  expect(() => cache.scan({ share: "0%" })).toThrow(code("INVALID_OPTION"))
  expect(() => cache.scan({ budget: 2 as unknown as "2ms" })).toThrow(code("INVALID_DURATION"))
  expect(() => cache.scan({ onProgress: 1 as never })).toThrow(code("INVALID_OPTION"))
  expect(() => cache.scan({ pattern: glob`*` } as never)).toThrow(code("INVALID_OPTION"))
  await holdfast.close()
})
