import { afterAll, expect, test } from "vitest"
import { json } from "./json.ts"

// In a file of its own: nothing thaws a prototype, so the worker that runs this file is spent.
afterAll(() => undefined)

test("with the prototypes of the language frozen, everything still comes back, and nothing can be changed by a value", () => {
  for (const builtIn of [Object, Array, Map, Set, Date, Error, Function]) Object.freeze(builtIn.prototype)
  const codec = json()
  const hostile: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"toString":"x"}')
  const value = {
    hostile,
    date: new Date(0),
    map: new Map([["toString", 1n]]),
    error: new Error("e"),
    bare: Object.assign(Object.create(null), { constructor: 1 }),
  }
  expect(codec.decode(Buffer.from(codec.encode(value) as string), 0)).toEqual(value)
  expect(codec.decode(Buffer.from('~{"__proto__":"~d0","constructor":"~u"}'), 0)).toEqual(
    JSON.parse('{"__proto__":0}', (key, item: unknown) => (key === "__proto__" ? new Date(0) : item)),
  )
})
