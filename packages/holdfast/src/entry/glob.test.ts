import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decodeKey } from "./decoded-key.ts"
import { Glob, glob } from "./glob.ts"
import { keyMatcher } from "./glob-match.ts"
import { serverGlob } from "./glob-pattern.ts"
import { encodeKey } from "./key.ts"

function matches(pattern: Glob, key: unknown): boolean {
  const text = encodeKey(key)
  const decoded = decodeKey(text)
  if (decoded === undefined) throw new Error(`"${text}" cannot be read.`)
  const fits = keyMatcher(Glob.tokensOf(pattern))(decoded)
  // The server must bring whatever fits.
  if (fits) expect([text, redisFits(serverGlob(Glob.tokensOf(pattern)), text)]).toEqual([text, true])
  return fits
}

/** What the server's own matcher does (`stringmatchlen`), on bytes. */
function redisFits(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+(){}|$^/%-]/g, String.raw`\$&`)
    .replaceAll("?", "[^]")
    .replaceAll("*", "[^]*")
  const bytes = Buffer.from(text).toString("latin1")
  return new RegExp(`^${Buffer.from(source).toString("latin1")}$`).test(bytes)
}

/** What may stand in a key or be interpolated. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom("c", "t", "l", ":", "*", "?", "[", "]", "\\", "%", "~", "a", "{", "\ud800"),
    maxLength: 6,
  }),
)
const anyKey = fc.oneof(anyText, fc.array(anyText, { maxLength: 3 }))

describe("what is interpolated stands for itself", () => {
  test("whatever text it is, its pattern matches that key and no other", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ""),
        anyText,
        (text, other) => {
          expect(matches(glob`${text}`, text)).toBe(true)
          expect(matches(glob`${text}`, other)).toBe(other === text)
        },
      ),
    )
  })

  test("a tenant's pattern never reaches another tenant, whatever they are called", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ""),
        anyText,
        anyText,
        (tenant, other, id) => {
          expect(matches(glob`${tenant}:*`, [tenant, id])).toBe(true)
          expect(matches(glob`${tenant}:*`, [other, id])).toBe(other === tenant)
        },
      ),
    )
  })

  test.each([undefined, null, {}, [], Number.NaN, Symbol("s"), ""])("%s is refused", (value) => {
    expect(() => glob`a${value as string}*`).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }))
  })
})

describe("what stands in the template is a pattern", () => {
  test.each([
    [glob`user:*`, "user:7", true],
    [glob`user:*`, "user", false],
    [glob`user:*`, ["user", 7], true],
    [glob`user:*`, ["user", 7, "profile"], true],
    [glob`user:*`, ["user:8", "x"], false],
    [glob`user:*`, ["user"], true],
    [glob`*:profile`, ["user", 7, "profile"], true],
    [glob`*:profile`, ["user", "x:profile"], false],
    [glob`user:?`, ["user", "7"], true],
    [glob`user:?`, ["user", "77"], false],
    [glob`user:??`, ["user", "a:"], true],
    [glob`a?b`, ["a", "b"], false],
    [glob`a[^x]b`, ["a", "b"], false],
    [glob`a?b`, "a☃b", true],
    [glob`a?b`, "a🧊b", true],
    [glob`4[0-5]`, 42, true],
    [glob`4[0-5]`, 48, false],
    [glob`[^0-9]*`, "a1", true],
    [glob`[^0-9]*`, "1a", false],
    [glob`[\]a]`, "]", true],
    [glob`\*`, "*", true],
    [glob`\*`, "x", false],
    [glob`a\:b`, "a:b", true],
    [glob`a\:b`, ["a", "b"], false],
    [glob`a:ctl`, ["a", "ctl"], true],
    [glob`a:c*`, ["a", "ctl"], true],
    [glob`*ctl`, ["a", "ctl"], true],
    [glob`a::b`, ["a", "", "b"], true],
    [glob`a:`, ["a", ""], true],
    [glob`:a`, ["", "a"], true],
    [glob``, "", true],
    [glob`*`, "", true],
    [glob`*a*a*a*a*b`, "a".repeat(400), false],
    [glob`Ünï*`, "Ünïcode", true],
  ])("%# %s", (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected)
  })

  test("the server is never asked for less than what fits", () => {
    const piece = fc.constantFrom("*", "?", "[a-z]", "[^a]", ":", "c", "ct", "ctl", "a", "%", "l", "\\*", "x")
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), anyKey, (pieces, key) => {
        const raw = pieces.join("")
        const template = Object.assign([raw], { raw: [raw] })
        matches(glob(template), key)
      }),
      { numRuns: 3000 },
    )
  })

  test.each(["[a", "[]", "[^]", "a\\", "a\\n", "\\1"])("%s is refused", (raw) => {
    const template = Object.assign([raw], { raw: [raw] })
    expect(() => glob(template)).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }))
  })

  test.each([
    ["a text", () => Glob.tokensOf("user:*" as never), "write glob`user:${id}:*`"],
    ["a call", () => glob("user:*" as never), "write glob`user:*`"],
    ["an object", () => glob`a${{} as never}`, "a text, a finite number, a bigint or a boolean"],
    ["no number", () => glob`a${Number.NaN}`, "NaN"],
    ["nothing", () => glob`a${undefined as never}`, "undefined"],
    ["an empty text", () => glob`a${""}`, "check the value before"],
    ["an open set", () => glob`a[b`, "\\["],
    ["an empty set", () => glob`a[]`, "\\["],
    ["a backslash", () => glob`a\d`, "\\\\"],
  ])("what is wrong with %s is said with what to do about just that", (_name, wrong, advice) => {
    expect(wrong).toThrow(advice)
    expect(wrong).toThrow(/^INVALID_PATTERN: .*\. The guide on patterns says how they are written\.$/)
  })

  test("a text is no pattern, and no template either", () => {
    const untyped = glob as unknown as (text: unknown) => Glob
    for (const wrong of ["user:*", ["user:*"], undefined]) {
      expect(() => untyped(wrong)).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }))
      expect(() => Glob.tokensOf(wrong as never)).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }))
    }
  })
})

describe("keys of which only a hash is stored", () => {
  const long = `user:${"x".repeat(600)}`

  test("are found by their beginning, and by nothing else", () => {
    expect(matches(glob`*`, long)).toBe(true)
    expect(matches(glob`user:*`, long)).toBe(true)
    expect(matches(glob`user:xx*`, long)).toBe(true)
    expect(matches(glob`user:y*`, long)).toBe(false)
    expect(matches(glob`*x`, long)).toBe(false)
    expect(matches(glob`${"x".repeat(100)}*`, "x".repeat(600))).toBe(false)
    expect(matches(glob`acme:*`, ["acme", { id: 7 }])).toBe(true)
    expect(matches(glob`acm:*`, ["acme", { id: 7 }])).toBe(false)
    expect(matches(glob`*`, { id: 7 })).toBe(true)
  })
})

describe("the text of a key in the store", () => {
  test("can be read as the key it was made of", () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const isTuple = Array.isArray(key)
        expect(decodeKey(encodeKey(key))).toEqual(isTuple ? { is: "tuple", key } : { is: "text", key })
      }),
      { numRuns: 2000 },
    )
  })

  test.each(["50%", "%zz", "a:b:"])("%s is none", (text) => {
    expect(decodeKey(text)).toBeUndefined()
  })
})
