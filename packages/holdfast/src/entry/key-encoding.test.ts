import fc from "fast-check"
import { expect, test } from "vitest"
import { encodeGroup, encodeKey } from "./key-encoding.ts"

/** Texts that look like escapes, separators and suffixes, so that keys which could meet do. */
const nasty = fc
  .oneof(
    fc.array(
      fc.constantFrom(":", "%", "~", "_", "a", "3", "A", "ctl", "{", "}", "*", "%3A", ",", "\n", "é", "😀", "\ud800"),
      { maxLength: 5 },
    ),
    fc.array(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      { maxLength: 20 },
    ),
  )
  .map((parts) => parts.join(""))
const scalar = fc.oneof(nasty, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), fc.boolean())
const tuple = fc.array(scalar, { maxLength: 4 })

/** The opposite of `encodeKey` for keys that are not hashed. */
function decodeKey(text: string): string | string[] {
  if (text === ":") return []
  if (text.endsWith(":")) return [unescaped(text.slice(0, -1))]
  return text.includes(":") ? text.split(":").map(unescaped) : unescaped(text)
}

function unescaped(text: string): string {
  return text === "%_"
    ? ""
    : text.replace(/%(?:u([0-9A-F]{4})|([0-9A-Fa-f]{2}))/g, (_, wide: string, narrow: string) =>
        String.fromCharCode(Number.parseInt(wide ?? narrow, 16)),
      )
}

test("a key can be read back from its encoding, so that no two keys meet", () => {
  fc.assert(
    fc.property(fc.oneof(scalar, tuple), (key) => {
      const expected = Array.isArray(key) ? key.map(String) : String(key)
      expect(decodeKey(encodeKey(key))).toEqual(expected)
    }),
    { numRuns: 1_000 },
  )
})

test("an encoded key has no character that Redis, a glob or a terminal gives a meaning", () => {
  fc.assert(
    fc.property(fc.oneof(nasty, tuple, fc.dictionary(nasty, scalar)), (key) => {
      const text = encodeKey(key)
      expect(text).not.toBe("")
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[{}*?[\]\\^\u0000-\u001f\u007f]/)
      expect(Buffer.from(text).toString()).toBe(text)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(512)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ["42", "42"],
  [42, "42"],
  [42n, "42"],
  [-0, "0"],
  [true, "true"],
  ["user@example.com", "user@example.com"],
  ["日本", "日本"],
  ["a:b", "a%3Ab"],
  ["{hot}", "%7Bhot%7D"],
  ["line\nfeed", "line%0Afeed"],
  ["\ud800", "%uD800"],
  ["", "%_"],
  [["tenant1", "admin:x"], "tenant1:admin%3Ax"],
  [["tenant1:admin", "x"], "tenant1%3Aadmin:x"],
  [["a", ""], "a:%_"],
  [["a"], "a:"],
  [[], ":"],
  [["42", "ctl"], "42:%63tl"],
])("%o becomes %s", (key, text) => {
  expect(encodeKey(key)).toBe(text)
})

test("a plain object is readable and told apart by all of its content, whatever the order of its names", () => {
  const text = encodeKey({ category: "shoes", page: 2, sort: { by: "price", up: true } })
  expect(text).toMatch(/^category=shoes,page=2,sort=by=price,up=true~[\w-]{43}$/)
  expect(encodeKey({ sort: { up: true, by: "price" }, page: "2", category: "shoes", q: undefined })).toBe(text)
  expect(encodeKey({ category: "shoes", page: 3, sort: { by: "price", up: true } })).not.toBe(text)
  expect(encodeKey([7, { page: 2 }])).toMatch(/^7:page=2~[\w-]{43}$/)
})

test("objects are equal as keys exactly if they hold the same", () => {
  const values = fc.oneof(
    fc.constantFrom("", "a", "null", "1", null, 1, true),
    fc.array(fc.constantFrom("a", 1), { maxLength: 2 }),
  )
  const objects = fc.dictionary(fc.constantFrom("a", "b", "a:b", "__proto__"), values, { maxKeys: 3 })
  const normal = (object: object): string =>
    JSON.stringify(
      Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)),
      (_, value: unknown) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
    )
  fc.assert(
    fc.property(objects, objects, (a, b) => {
      expect(encodeKey(a) === encodeKey(b)).toBe(normal(a) === normal(b))
    }),
    { numRuns: 1_000 },
  )
})

test("a long key keeps a readable head and is told apart by all of it", () => {
  const long = "x".repeat(10_000)
  expect(encodeKey(long)).toMatch(/^x{64}~[\w-]{43}$/)
  expect(encodeKey(long)).not.toBe(encodeKey(`${long}x`))
  expect(encodeKey([long, "a"])).not.toBe(encodeKey(`${long}:a`))
  expect(encodeKey("x".repeat(512))).toBe("x".repeat(512))
  expect(Buffer.byteLength(encodeKey("語".repeat(171)))).toBeLessThan(512)
})

test("the head of a long key ends neither inside an escape nor inside a surrogate pair", () => {
  for (let shift = 0; shift < 6; shift++) {
    const escapes = encodeKey("a".repeat(shift) + "\ud800:".repeat(200))
    expect(escapes).toMatch(/^a*(?:%uD800|%3A)*~[\w-]{43}$/)
    const pairs = encodeKey("a".repeat(shift) + "😀".repeat(200))
    expect(pairs).toMatch(/^a*(?:😀)*~[\w-]{43}$/)
  }
})

class Id {
  readonly value = "secret"
}
const cycle: Record<string, unknown> = {}
cycle["self"] = cycle

test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  undefined,
  null,
  () => "secret",
  Symbol("secret"),
  new Id(),
  new Date(0),
  new Map(),
  [undefined],
  ["a", null],
  ["a", ["secret"]],
  // oxlint-disable-next-line no-sparse-arrays
  [1, , 2],
  { a: new Id() },
  { a: { b: Number.NaN } },
  { [Symbol("secret")]: 1 },
  cycle,
])("a key that cannot be told apart is refused by its type, never by its content (%#)", (key) => {
  try {
    encodeKey(key)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_KEY", facts: { type: expect.any(String) } })
    expect(String(error)).not.toContain("secret")
  }
})

test("a group keeps its colons and nothing else that has a meaning", () => {
  expect(encodeGroup("user:123")).toBe("user:123")
  expect(encodeGroup("user:{1}")).toBe("user:%7B1%7D")
  expect(() => encodeGroup("")).toThrow("INVALID_GROUP")
  expect(encodeGroup("g".repeat(1_000))).toMatch(/^g{64}~/)
})
