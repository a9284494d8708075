import { isDeepStrictEqual } from "node:util"
import vm from "node:vm"
import fc from "fast-check"
import { expect, test } from "vitest"
import { json } from "./json.ts"

const codec = json()
const encoded = (value: unknown): string => codec.encode(value) as string
const decoded = (text: string): unknown => codec.decode(Buffer.from(`envelope${text}`), 8)
const roundTrip = (value: unknown): unknown => decoded(encoded(value))

const anyCharacter = fc
  .oneof(fc.integer({ max: 0xd7ff, min: 0 }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point))
/** Texts that look like the tags of the codec. */
const texts = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.constantFrom("~", "~u", "~~", "~d0", "~i1", "~#M", "~#", "__proto__", "constructor", "toJSON", "\ud800", ""),
)
const memory = fc
  .uint8Array({ minLength: 0, maxLength: 4 })
  .map((bytes) => Uint8Array.from({ length: bytes.length * 8 }, (_, at) => bytes[at >> 3] as number).buffer)
const leaves = fc.oneof(
  texts,
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, undefined, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  memory,
  memory.map((bytes) => Buffer.from(bytes)),
  ...[Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView].map((View) =>
    memory.map((bytes) => new (View as Uint8ArrayConstructor)(bytes)),
  ),
)
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("array"),
    tie("object"),
    tie("map"),
    tie("set"),
    tie("bare"),
  ),
  array: fc.array(tie("value"), { maxLength: 5 }),
  object: fc.dictionary(texts, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  bare: fc
    .dictionary(texts, tie("value"), { maxKeys: 3 })
    .map((object) => Object.assign(Object.create(null) as object, object)),
  map: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  set: fc.array(tie("value"), { maxLength: 4 }).map((items) => new Set(items)),
})).value

test("any mixture of what the codec takes comes back as it was", () => {
  fc.assert(
    fc.property(values, (value) => {
      return isDeepStrictEqual(roundTrip(value), value)
    }),
    { numRuns: 500 },
  )
})

test("encoding changes nothing in the value", () => {
  fc.assert(
    fc.property(values, (value) => {
      return encoded(value) === encoded(value)
    }),
  )
})

test("what JSON can carry is stored as plain JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const normal: unknown = JSON.parse(JSON.stringify(value))
      expect(encoded(normal)).toBe(JSON.stringify(normal))
    }),
  )
  expect(encoded({ note: "~not a tag" })).toBe('{"note":"~not a tag"}')
})

test("tagged data stays readable", () => {
  const value = { id: 7, note: "~x", at: new Date(0), tags: new Set(["a"]), stock: 12n, gone: undefined }
  expect(encoded(value)).toBe('~{"id":7,"note":"~~x","at":"~d0","tags":["~#S","a"],"stock":"~i12","gone":"~u"}')
})

test("an invalid Date, long bigints and nested containers come back", () => {
  expect((roundTrip(new Date(Number.NaN)) as Date).getTime()).toBeNaN()
  for (const big of [10n ** 18n, -(10n ** 18n), 10n ** 18n - 1n, 7n ** 5_000n, -(7n ** 5_000n)])
    expect(roundTrip(big)).toBe(big)
  const nested = new Map<unknown, unknown>([[{ a: new Set([1n]) }, [new Map([["~", -0]])]]])
  expect(roundTrip(nested)).toStrictEqual(nested)
})

test("built-in errors come back with class, message, stack, cause and what was set on them", () => {
  const cause = new RangeError("inner")
  const error = Object.assign(new TypeError("outer", { cause }), { code: "E_X", detail: { at: new Date(0) } })
  const back = roundTrip({ error }) as { error: typeof error }
  expect(back.error).toBeInstanceOf(TypeError)
  expect(back.error).toStrictEqual(error)
  expect(back.error.stack).toBe(error.stack)
  expect(Object.keys(back.error)).toEqual(["code", "detail"])
  const many = new AggregateError([new Error("a"), 2], "several")
  expect((roundTrip(many) as AggregateError).errors).toStrictEqual(many.errors)
})

test("an own property named __proto__ comes back as such and changes no prototype", () => {
  for (const text of ['{"__proto__":{"admin":true},"a":1}', '{"__proto__":"~d0"}', '{"a":{"__proto__":null}}']) {
    const value: unknown = JSON.parse(text)
    for (const back of [roundTrip(value), roundTrip({ value, tagged: 1n }), decoded(`~${text}`)]) {
      const object = back as { value?: object; admin?: boolean }
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
      expect(Object.getPrototypeOf(object.value ?? {})).toBe(Object.prototype)
      expect(object.admin).toBeUndefined()
      expect(({} as { admin?: boolean }).admin).toBeUndefined()
    }
    expect(JSON.stringify(roundTrip(value))).toBe(text)
  }
})

test("plain data of another realm is plain data", () => {
  const value: unknown = vm.runInNewContext("({ a: [1, { b: undefined }] })")
  expect(roundTrip(value)).toEqual({ a: [1, { b: undefined }] })
})

test("properties that somebody put into Object.prototype are not part of any value", () => {
  const pollution = { value: () => "~u", enumerable: true, configurable: true, writable: true }
  const root: object = Object.prototype
  Object.defineProperty(root, "polluted", pollution)
  const text = encoded({ a: 1 })
  const names = Object.keys(roundTrip({ a: 1n }) as object)
  Reflect.deleteProperty(root, "polluted")
  expect(text).toBe('{"a":1}')
  expect(names).toEqual(["a"])
})

class User {
  readonly name = "secret"
}
class HttpError extends Error {}
class Rows extends Array<unknown> {}
const cycle: Record<string, unknown> = { name: "secret" }
cycle["children"] = [{ parent: cycle }]
const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels))
const throwing = {
  get name(): string {
    throw new Error("secret")
  },
}

test.each([
  [{ user: new User() }, "value.user", "an instance of User"],
  [[1, { "a-b": () => "secret" }], 'value[1]["a-b"]', "a function"],
  [{ "secret@example.org": { at: () => 1 } }, "value<field 0>.at", "a function"],
  [{ by: { 17: 1, "secret of many words": new User() } }, "value.by<field 1>", "an instance of User"],
  [{ [`secret${"0".repeat(40)}`]: new User() }, "value<field 0>", "an instance of User"],
  [{ s: Symbol("secret") }, "value.s", "a symbol"],
  [{ [Symbol("secret")]: 1 }, "value", "named by a symbol"],
  [new HttpError("secret"), "value", "an instance of HttpError"],
  [{ rows: new Rows() }, "value.rows", "an instance of Rows"],
  [new Map([["secret", new Map([[new User(), 1]])]]), "value<value 0><key 0>", "an instance of User"],
  [new Set([1, /secret/]), "value<item 1>", "an instance of RegExp"],
  [new Error("secret", { cause: new User() }), "value.cause", "an instance of User"],
  // oxlint-disable-next-line no-sparse-arrays
  [{ list: [1, , 2] }, "value.list[1]", "a hole"],
  [cycle, "value.children[0].parent", "a reference to what contains it"],
  [new Promise(() => {}), "value", "an instance of Promise"],
  [Object(1), "value", "an instance of Number"],
  [{ toJSON: () => 1 }, "value.toJSON", "a function"],
  [throwing, "value", "cannot be read"],
  [Object.create(Date.prototype), "value", "cannot be read"],
])("what the codec cannot carry is refused with its path (%#)", (value, path, what) => {
  try {
    codec.encode(value)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: "VALUE_NOT_ENCODABLE", facts: { codec: "json", path } })
    expect(String(error)).toContain(what)
    expect(String(error)).not.toContain("secret")
  }
})

test("512 levels are carried, and no more", () => {
  expect(roundTrip(deep(512))).toEqual(deep(512))
  expect(() => codec.encode(deep(513))).toThrow("nested deeper than 512 levels")
  let error = new Error("last")
  for (let level = 1; level < 500; level++) error = new Error("next", { cause: error })
  expect((roundTrip(error) as Error).cause).toBeInstanceOf(Error)
})

test("tagged text nested deeper than anything encodes to is refused", () => {
  const nested = (levels: number): string => `~${"[".repeat(levels)}${"]".repeat(levels)}`
  expect(decoded(nested(1_024))).toBeInstanceOf(Array)
  expect(() => decoded(nested(1_025))).toThrow("VALUE_NOT_DECODABLE")
})

test("a path too long to read is cut in its middle", () => {
  let value: unknown = new User()
  for (let level = 0; level < 300; level++) value = { [`level${level}`]: value }
  expect(() => codec.encode(value)).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ path: expect.stringMatching(/^.{90,210}$/) }) }),
  )
})

const malformedTexts = [
  "",
  "{",
  "~",
  "~{",
  "nul",
  '~"~"',
  '~"~q"',
  '~"~i1.5"',
  '~"~ix"',
  '~"~i99999999999999999999"',
  '~"~xg"',
  '~"~x"',
  '~"~x-"',
  '~"~dx"',
  '~"~M1"',
  '~"~tFloat64Array:AAAA"',
  '~"~tProxy:AA"',
  '~"~tconstructor:AA"',
  '~["~#M",1]',
  '~["~#d",0]',
  '~["~#"]',
  '~["~#E"]',
  '~["~#E","Function",{}]',
  '~["~#E","toString",{}]',
  '~["~#E","constructor",{}]',
  '~["~#E","Error",1]',
  '~["~#E","Error",[]]',
  '~["~#E","Error",{},1]',
  '~["~#N",1]',
  '~["~#N",{},1]',
  '~["~#constructor"]',
  `~${"[".repeat(100_000)}${"]".repeat(100_000)}`,
]

test.each(malformedTexts)("malformed text throws and says nothing of its content: %.40s", (text) => {
  try {
    decoded(text)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: "VALUE_NOT_DECODABLE", facts: { codec: "json" } })
    expect((error as Error).cause).toBeUndefined()
  }
})

test("mangled text decodes to data or throws VALUE_NOT_DECODABLE, and never changes a built-in", () => {
  const builtIns = [Object.prototype, Array.prototype, Map.prototype, Error.prototype]
  const before = builtIns.map((builtIn) => JSON.stringify(Object.getOwnPropertyNames(builtIn)))
  const pieces = fc.constantFrom(
    "~",
    '"~#E"',
    '"Error"',
    '"~#M"',
    '"~#N"',
    '"~d1"',
    '"__proto__"',
    '"constructor"',
    '"prototype"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "1",
    '"~b="',
    '"~tInt8Array:AA=="',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      try {
        decoded(`~${parts.join("")}`)
      } catch (error) {
        expect(error).toMatchObject({ code: "VALUE_NOT_DECODABLE" })
      }
    }),
    { numRuns: 1_000 },
  )
  expect(builtIns.map((builtIn) => JSON.stringify(Object.getOwnPropertyNames(builtIn)))).toEqual(before)
})

test("a decoded value keeps no view of the bytes it came from", () => {
  const bytes = Buffer.from(encoded([Buffer.from("abc"), new Uint8Array([1, 2])]))
  const back = codec.decode(bytes, 0)
  bytes.fill(0)
  expect(back).toStrictEqual([Buffer.from("abc"), new Uint8Array([1, 2])])
})
