import { isDeepStrictEqual } from "node:util"
import { expect, test } from "vitest"
import { json } from "./json.ts"

// In a file of its own: nothing thaws a prototype.
test("with the prototypes of the language frozen, everything still comes back, and nothing can be changed by a value", () => {
  for (const builtIn of [Object, Array, Map, Set, Date, Error, Function]) Object.freeze(builtIn.prototype)
  const codec = json()
  const hostile: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"toString":"x"}')
  const value = {
    hostile,
    date: new Date(0),
    map: new Map([["toString", 1n]]),
    error: Object.defineProperty(new Error("e"), "toString", { value: 1, enumerable: true }),
    bare: Object.assign(Object.create(null), { constructor: 1 }),
  }
  expect(isDeepStrictEqual(codec.decode(Buffer.from(codec.encode(value) as string), 0), value)).toBe(true)
  const back = codec.decode(Buffer.from('~{"__proto__":"~d0","constructor":"~u"}'), 0) as object
  expect(Object.getOwnPropertyDescriptor(back, "__proto__")?.value).toEqual(new Date(0))
  expect(Object.hasOwn(back, "constructor")).toBe(true)
})
