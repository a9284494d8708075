import fc from "fast-check"
import { expect, test } from "vitest"
import { text } from "./text.ts"

const codec = text()

const anyCharacter = fc
  .oneof(fc.integer({ max: 0xd7ff, min: 0 }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point))

test("any text that UTF-8 can carry comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (value) => {
      expect(codec.decode(Buffer.concat([Buffer.alloc(3), Buffer.from(codec.encode(value) as string)]), 3)).toBe(value)
    }),
  )
})

test.each(["half \ud83d", "\ude00", 1, null, undefined, {}])("%j is refused", (value) => {
  expect(() => codec.encode(value as string)).toThrow(
    expect.objectContaining({ code: "VALUE_NOT_ENCODABLE", facts: { codec: "text", path: "value" } }),
  )
})
