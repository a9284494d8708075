import * as fc from "fast-check"
import { expect, test } from "vitest"
import { OldestFirst } from "./oldest-first.ts"

const step = fc.oneof(
  fc.record({ is: fc.constant("put" as const), key: fc.nat(12) }),
  fc.record({ is: fc.constant("move" as const), key: fc.nat(12) }),
  fc.record({ is: fc.constant("delete" as const), key: fc.nat(12) }),
  fc.record({ is: fc.constant("take" as const) }),
  fc.record({ is: fc.constant("look" as const) }),
  fc.record({ is: fc.constant("clear" as const) }),
)

test("it is the first entry of the map, whatever was added, moved and removed before", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new Map<number, object>()
      const oldest = new OldestFirst(map)
      const putAtEnd = (key: number, value: object): void => {
        map.delete(key)
        map.set(key, value)
        oldest.added(key)
      }
      for (const each of steps) {
        if (each.is === "put") putAtEnd(each.key, {})
        else if (each.is === "move") putAtEnd(each.key, map.get(each.key) ?? {})
        else if (each.is === "delete") map.delete(each.key)
        else if (each.is === "clear") map.clear()
        else {
          const [first] = map
          expect(oldest.get()).toEqual(first)
          if (each.is === "take" && first !== undefined) map.delete(first[0])
        }
      }
    }),
    { numRuns: 2000 },
  )
})

test("a full map is not walked over again for each entry that leaves", () => {
  const map = new Map<number, object>()
  let walks = 0
  const counted = new Proxy(map, {
    get(target, name) {
      if (name === "entries") walks += 1
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
  const oldest = new OldestFirst(counted)
  for (let key = 0; key < 10_000; key++) {
    map.set(key, {})
    oldest.added(key)
    if (map.size > 100) map.delete(oldest.get()?.[0] ?? -1)
  }
  expect(walks).toBe(1)
})

test("it lets go of a walk that nobody has asked for", () => {
  const map = new Map([["first", {}]])
  const oldest = new OldestFirst(map)
  oldest.get()
  for (let at = 0; at < 10; at++) {
    map.delete("first")
    map.set("first", {})
    oldest.added("first")
  }
  map.set("second", {})
  oldest.added("second")
  expect(oldest.get()?.[0]).toBe("first")
})
