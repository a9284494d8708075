import fc from "fast-check"
import { expect, test } from "vitest"
import { readTagSection, tagSectionBytes, writeTagSection, type TagStamp } from "./tag-stamp.ts"

const era = "00112233445566778899aabbccddeeff"
const tag = fc.string({ unit: "grapheme", minLength: 1 })
const stamp = fc.record({
  clock: fc.record({ era: fc.constant(era), counter: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  tags: fc.array(tag),
})

function written(known: TagStamp, before = 3): Buffer {
  const bytes = Buffer.alloc(before + tagSectionBytes(known))
  writeTagSection(bytes, before, known)
  return bytes
}

test("a section is read as it was written, and fills its place exactly", () => {
  fc.assert(
    fc.property(stamp, (known) => {
      const bytes = written(known)
      expect(readTagSection(bytes, 3, bytes.length)).toEqual(known)
    }),
  )
})

test("its bytes", () => {
  const bytes = written({ clock: { era, counter: 258 }, tags: ["a", "é"] }, 0)
  expect(bytes.toString("hex")).toBe([era, "0000000000000102", "000161", "0002c3a9"].join(""))
})

test("no section, and one that is cut or of another format, say nothing", () => {
  expect(tagSectionBytes(undefined)).toBe(0)
  const bytes = written({ clock: { era, counter: 1 }, tags: ["category:7"] }, 0)
  const whole = [24, bytes.length]
  for (let length = 0; length < bytes.length; length += 1) {
    if (!whole.includes(length)) expect(readTagSection(bytes, 0, length), `${length}`).toBeUndefined()
  }
})
