import { expect, test } from "vitest"
import { ExpiringMap } from "./expiring-map.ts"

function mapOf(bounds: { maxEntries?: number; maxBytes?: number } = {}) {
  const time = { ms: 0 }
  const options = {
    maxEntries: 100,
    maxBytes: 1000,
    ...bounds,
    bytesOf: (text: string) => text.length,
    now: () => time.ms,
  }
  return { map: new ExpiringMap<string>(options), time }
}

test("an entry is there until its time, that millisecond included, and gone after it", () => {
  const { map, time } = mapOf()
  map.set("a", "one", 10)
  time.ms = 10
  expect(map.get("a")).toBe("one")
  expect(map.expiryOf("a")).toBe(10)
  time.ms = 11
  expect(map.get("a")).toBeUndefined()
  expect(map.expiryOf("a")).toBeUndefined()
  expect([map.size, map.bytes]).toEqual([0, 0])
})

test("the least recently used entry makes way, and reading is using", () => {
  const { map } = mapOf({ maxEntries: 2 })
  map.set("a", "1", 10)
  map.set("b", "2", 10)
  map.get("a")
  map.set("c", "3", 10)
  expect(["a", "b", "c"].map((key) => map.get(key))).toEqual(["1", undefined, "3"])
})

test("bytes are bounded whatever the number of entries, and counted once per key", () => {
  const { map } = mapOf({ maxBytes: 10 })
  map.set("a", "x".repeat(6), 10)
  map.set("a", "x".repeat(4), 10)
  map.set("b", "y".repeat(6), 10)
  expect(map.bytes).toBe(10)
  map.set("c", "z", 10)
  expect([map.get("a"), map.bytes]).toEqual([undefined, 7])
})

test("a value above the bound is not kept, nor is what it replaces, and nothing else makes way for it", () => {
  const { map } = mapOf({ maxBytes: 10 })
  map.set("a", "x".repeat(4), 10)
  map.set("b", "y".repeat(6), 10)
  map.set("b", "too large".repeat(2), 10)
  expect([map.get("a"), map.get("b"), map.bytes]).toEqual(["xxxx", undefined, 4])
})

test("what nobody asks for leaves after its time, while others come", () => {
  const { map, time } = mapOf({ maxEntries: 1000 })
  for (let at = 0; at < 500; at++) map.set(`old ${at}`, "x", 1)
  time.ms = 2
  for (let at = 0; at < 500; at++) map.set(`new ${at}`, "x", 1000)
  expect(map.size).toBe(500)
})

test("a cleared map is empty and takes entries again", () => {
  const { map } = mapOf()
  map.set("a", "1", 10)
  map.clear()
  expect([map.get("a"), map.size, map.bytes]).toEqual([undefined, 0, 0])
  map.set("b", "2", 10)
  expect(map.get("b")).toBe("2")
})
