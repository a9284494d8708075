import { isDeepStrictEqual } from "node:util"
import vm from "node:vm"
import fc from "fast-check"
import { expect, test } from "vitest"
import { json } from "../codecs/json.ts"
import { isolation } from "./isolation.ts"

const freeze = isolation("freeze")
const clone = isolation("clone")
const codec = json()
/** As a codec delivers it: all of it new. */
const delivered = (value: unknown): unknown => codec.decode(Buffer.from(codec.encode(value) as string), 0)

const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 })
const leaves = fc.oneof(
  fc.string(),
  fc.double(),
  fc.constantFrom(null, undefined, true, -0, Number.NaN, 7n, "__proto__"),
)
const dates = fc.date({ noInvalidDate: true })
const changeable = fc.oneof(
  dates,
  bytes,
  bytes.map((some) => Buffer.from(some)),
  bytes.map((some) => Uint8Array.from(some).buffer),
  bytes.map((some) => new DataView(Uint8Array.from(some).buffer)),
  bytes.map((some) => Float64Array.from(some)),
)
const names = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString"))
const valuesOf = (leaf: fc.Arbitrary<unknown>, hidden: boolean) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      fc
        .dictionary(names, tie("value"), { maxKeys: 3 })
        .map((fields) => Object.assign(Object.create(null) as object, fields)),
      tie("value").map((cause) => new TypeError("failed", { cause })),
      ...(hidden
        ? [
            fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
            fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
          ]
        : []),
    ),
  })).value
const freezable = valuesOf(leaves, false)
const anything = valuesOf(fc.oneof(leaves, changeable), true)

/** Every object in a value, found independently of the code under test. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found
  found.add(value)
  const inner = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : []
  const fields = ArrayBuffer.isView(value)
    ? [value.buffer]
    : Reflect.ownKeys(value).map((name) => Reflect.get(value, name))
  for (const part of [...inner, ...fields]) objectsIn(part, found)
  return found
}

test("freeze keeps data in place and frozen in every depth, and hands out the very same", () => {
  fc.assert(
    fc.property(freezable, (value) => {
      const fresh = delivered(value)
      const kept = freeze.takeIn(fresh)
      expect(kept).toEqual({ value: fresh, isCloned: false })
      expect(freeze.handOut(fresh)).toBe(fresh)
      for (const object of objectsIn(fresh)) expect(Object.isFrozen(object)).toBe(true)
      expect(isDeepStrictEqual(fresh, value)).toBe(true)
    }),
  )
})

test("what a caller changes is never what is kept, nor what another caller has", () => {
  fc.assert(
    fc.property(anything, fc.constantFrom(freeze, clone), (value, mode) => {
      const fresh = delivered(value)
      const kept = mode.takeIn(fresh)
      if (kept === undefined) throw new Error("everything that the codec delivers can be kept")
      if (!kept.isCloned) return
      const objects = objectsIn(kept.value)
      for (const given of [fresh, mode.handOut(fresh), mode.copy(kept.value), mode.copy(kept.value)]) {
        expect(isDeepStrictEqual(given, value)).toBe(true)
        for (const object of objectsIn(given)) {
          expect(objects.has(object)).toBe(false)
          expect(Object.isFrozen(object) && Reflect.ownKeys(object).length > 0).toBe(false)
          objects.add(object)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test("changing what was handed out throws where it is frozen", () => {
  const value = { id: 1, tags: ["new"], seller: { name: "Ann" } }
  freeze.takeIn(value)
  expect(() => (value.id = 2)).toThrow(TypeError)
  expect(() => value.tags.push("old")).toThrow(TypeError)
  expect(() => delete (value.seller as Partial<{ name: string }>).name).toThrow(TypeError)
})

test.each([
  ["a Date", { at: new Date(5) }, (it: { at: Date }) => it.at.setTime(6)],
  ["a Map", { by: new Map([["a", 1]]) }, (it: { by: Map<string, number> }) => it.by.set("a", 2)],
  ["a Set", [new Set([1])], ([it]: Set<number>[]) => it?.add(2)],
  ["a Buffer", Buffer.from("text"), (it: Buffer) => it.fill(0)],
  ["memory", new Uint16Array([1, 2]).buffer, (it: ArrayBuffer) => new Uint16Array(it).fill(0)],
  ["a view", new DataView(new ArrayBuffer(8), 2, 4), (it: DataView) => it.setUint8(0, 9)],
])("freeze copies a value that holds %s for each caller", (_, value, change) => {
  const before = structuredClone(value) as unknown
  const kept = freeze.takeIn(value)
  expect(kept?.isCloned).toBe(true)
  const first = freeze.copy(kept?.value)
  change(value as never)
  change(first as never)
  expect(structuredClone(freeze.copy(kept?.value))).toEqual(before)
  expect(Object.getPrototypeOf(first)).toBe(Object.getPrototypeOf(value))
})

test("a value whose root is already frozen is frozen inside, too", () => {
  const value = Object.freeze({ inner: { n: 1 }, list: Object.freeze([{ n: 2 }]) })
  expect(freeze.takeIn(value)?.value).toBe(value)
  expect([value.inner, value.list[0]].every(Object.isFrozen)).toBe(true)
})

test("cycles and shared parts are kept as they are, frozen or copied", () => {
  interface Loop {
    self?: Loop
    at?: Date
    twice: object[]
  }
  const made = (): Loop => {
    const part = { n: 1 }
    const loop: Loop = { twice: [part, part] }
    loop.self = loop
    return loop
  }
  const frozen = made()
  expect(freeze.takeIn(frozen)).toEqual({ value: frozen, isCloned: false })
  expect(Object.isFrozen(frozen.twice[0])).toBe(true)

  const dated = Object.assign(made(), { at: new Date(1) })
  for (const mode of [freeze, clone]) {
    const copy = mode.copy(mode.takeIn(dated)?.value)
    for (const one of [copy, mode.handOut(dated)]) {
      expect(one?.self).toBe(one)
      expect(one?.twice[0]).toBe(one?.twice[1])
      expect(one?.twice[0]).not.toBe(dated.twice[0])
    }
  }
})

class Money {
  readonly #cents = 100
  get cents(): number {
    return this.#cents
  }
}

const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)])

test.each([
  ["an instance of a class", { price: new Money() }],
  ["an array of a class of its own", new (class extends Array {})()],
  ["a typed array of a class of its own", new (class extends Uint8Array {})(2)],
  ["an instance of a class as a key of a Map", new Map([[new Money(), 1]])],
  ["a function", [() => 1]],
  ["nothing but a function", () => 1],
  ["a regular expression", new Map([["a", /x/]])],
  ["a property named by a symbol", { [Symbol("hidden")]: {} }],
  ["2,000 levels", deep(2_000)],
])("a value that holds %s is not kept, and is handed out as it is", (_, value) => {
  for (const mode of [freeze, clone]) {
    expect(mode.takeIn(value)).toBeUndefined()
    expect(mode.handOut(value)).toBe(value)
  }
  expect(Object.isFrozen(value)).toBe(false)
})

test.each([["text"], [5], [7n], [null], [undefined], [true]])("the primitive %s is itself in every mode", (value) => {
  for (const mode of [freeze, clone, isolation("share")]) {
    expect(mode.takeIn(value)).toEqual({ value, isCloned: false })
    expect(mode.handOut(value)).toBe(value)
  }
})

test("share gives everybody the same, changeable value, whatever it is", () => {
  const share = isolation("share")
  const value = { price: new Money(), tags: ["a"] }
  expect(share.takeIn(value)).toEqual({ value, isCloned: false })
  expect(share.handOut(value)).toBe(value)
  value.tags.push("b")
  expect(value.tags).toEqual(["a", "b"])
})

test("a copied error has what the error has, and no more", () => {
  const error = Object.assign(new RangeError("too far"), { at: new Date(1), code: 7 })
  Reflect.deleteProperty(error, "stack")
  const copy = freeze.handOut(error)
  expect([copy instanceof RangeError, copy.message, copy.code]).toEqual([true, "too far", 7])
  expect(new Set(Reflect.ownKeys(copy))).toEqual(new Set(["at", "code", "message"]))
  expect(copy.at).not.toBe(error.at)
})

test("data of another realm is data", () => {
  const value = vm.runInNewContext("({ list: [{ n: 1 }] })") as { list: { n: number }[] }
  expect(freeze.takeIn(value)?.value).toBe(value)
  expect(Object.isFrozen(value.list[0])).toBe(true)
  expect(clone.takeIn(value)?.value).toEqual({ list: [{ n: 1 }] })
})

test("what somebody has put into Object.prototype is neither frozen nor copied into values", () => {
  const planted = { n: 1 }
  const everyPrototype = Object.prototype as { planted?: object }
  everyPrototype.planted = planted
  try {
    freeze.takeIn({ a: 1 })
    expect(Object.isFrozen(planted)).toBe(false)
    expect(Object.hasOwn(clone.handOut({ a: {} }), "planted")).toBe(false)
  } finally {
    delete everyPrototype.planted
  }
})
