import { crc32 } from "node:zlib"
import fc from "fast-check"
import { expect, test } from "vitest"
import { entryIdOf, openEnvelope, sealEnvelope, shapeOf, type EnvelopeFields } from "./envelope.ts"
import { entryAddress } from "./key.ts"
import { encodeVersion } from "./version.ts"

const address = entryAddress("shop", "product", "42")
const shape = shapeOf("json", undefined)
const id = "00112233445566778899aabbccddeeff"

const anyCharacter = fc
  .oneof(fc.integer({ max: 0xd7ff, min: 0 }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point))

function fields(overrides: Partial<EnvelopeFields> = {}): EnvelopeFields {
  const common = { address, id, shape, createdMs: 1_760_000_000_000, freshUntilMs: 1_760_000_600_000, costUs: 1_500 }
  return { ...common, version: undefined, negative: false, ...overrides }
}

test("what is sealed is opened as it was", () => {
  const ms = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  const version = fc.option(fc.bigInt({ min: 0n, max: 10n ** 99n - 1n }).map(encodeVersion), { nil: undefined })
  const payload = fc.oneof(fc.string({ unit: anyCharacter }), fc.uint8Array())
  const costUs = fc.integer({ min: 0, max: 0xffff_ffff })
  fc.assert(
    fc.property(
      fc.record({ createdMs: ms, freshUntilMs: ms, costUs, version, negative: fc.boolean() }),
      payload,
      (known, content) => {
        const opened = openEnvelope(sealEnvelope(fields(known), content), address, shape)
        expect(opened).toMatchObject({ is: "entry", ...known })
        if (opened.is !== "entry") return
        expect(opened.payload.subarray(opened.payloadStart).equals(Buffer.from(content as string))).toBe(true)
      },
    ),
  )
})

test("a negative entry has no payload and may have a version", () => {
  const bytes = sealEnvelope(fields({ negative: true, version: encodeVersion(7) }), undefined)
  expect(openEnvelope(bytes, address, shape)).toMatchObject({
    is: "entry",
    negative: true,
    version: "1017",
    payloadStart: bytes.length,
  })
})

test("an entry of another key is foreign, whatever else it is", () => {
  const bytes = sealEnvelope(fields({ address: entryAddress("shop", "product", "43"), shape: 1 }), "43")
  expect(openEnvelope(bytes, address, shape)).toEqual({ is: "foreign" })
})

test("an entry of another shape or codec is told apart", () => {
  const bytes = sealEnvelope(fields(), "{}")
  for (const other of [shapeOf("json", "v2"), shapeOf("json", ""), shapeOf("msgpack", undefined)]) {
    expect(openEnvelope(bytes, address, other)).toEqual({ is: "other-shape", createdMs: 1_760_000_000_000 })
  }
})

test("scripts may change the fresh-until time of a stored entry, and nothing else", () => {
  const bytes = sealEnvelope(fields(), "{}")
  bytes.writeBigUInt64BE(1n, 8)
  expect(openEnvelope(bytes, address, shape)).toMatchObject({ is: "entry", freshUntilMs: 1 })
})

test("no flipped bit passes, but for those of the fresh-until time", () => {
  const bytes = sealEnvelope(fields({ version: encodeVersion(3) }), "payload")
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const at = bit >> 3
    const broken = Buffer.from(bytes)
    broken[at] = (broken[at] as number) ^ (1 << (bit & 7))
    const opened = openEnvelope(broken, address, shape)
    expect(opened.is, `bit ${bit}`).toBe(at >= 8 && at < 16 ? "entry" : "broken")
  }
})

test("a truncated or prolonged entry is broken", () => {
  const bytes = sealEnvelope(fields(), "payload")
  for (let length = 0; length < bytes.length; length++) {
    expect(openEnvelope(bytes.subarray(0, length), address, shape)).toEqual({
      is: "broken",
      why: length < 64 ? "short" : "length",
    })
  }
  expect(openEnvelope(Buffer.concat([bytes, Buffer.from("x")]), address, shape)).toEqual({
    is: "broken",
    why: "length",
  })
})

test("bytes of other programs and of later formats are told apart", () => {
  const foreign = Buffer.alloc(100, "text")
  expect(openEnvelope(foreign, address, shape)).toEqual({ is: "broken", why: "magic" })
  const later = sealEnvelope(fields(), "payload")
  later[2] = 2
  expect(openEnvelope(later, address, shape)).toEqual({ is: "broken", why: "format" })
  const flagged = sealEnvelope(fields(), "payload")
  flagged[3] = 4
  expect(openEnvelope(flagged, address, shape)).toEqual({ is: "broken", why: "format" })
})

test("garbage never throws and is never an entry", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (garbage, marked) => {
      const bytes = Buffer.from(garbage)
      if (marked) bytes.write("HF\u0001\u0000")
      entryIdOf(bytes)
      return ["broken", "foreign"].includes(openEnvelope(bytes, address, shape).is)
    }),
  )
})

test("a tag section that this release cannot read counts as none", () => {
  const bytes = sealEnvelope(fields(), "TAGSpayload")
  bytes.writeUInt16BE(4, 62)
  bytes.writeUInt32BE(7, 52)
  bytes.writeUInt32BE(crc32(bytes.subarray(16), bytes.readUInt32BE(0)), 4)
  expect(openEnvelope(bytes, address, shape)).toMatchObject({ is: "entry", payloadStart: 68, stamp: undefined })
})

test("tags and the tag clock stand between version and payload; an entry without them is read as before", () => {
  const stamp = { clock: { era: id, counter: 7 }, tags: ["category:7", "brand:é"] }
  const version = encodeVersion(12)
  const tagged = openEnvelope(sealEnvelope(fields({ stamp, version }), "payload"), address, shape)
  const payloadStart = 64 + version.length + 24 + 12 + 10
  expect(tagged).toMatchObject({ is: "entry", stamp, version, payloadStart })
  expect(openEnvelope(sealEnvelope(fields({ version }), "payload"), address, shape)).toMatchObject({
    is: "entry",
    stamp: undefined,
    payloadStart: 64 + version.length,
  })
})

test("the id of an entry can be read without its key, also when its content is broken", () => {
  const bytes = sealEnvelope(fields(), "payload")
  expect(entryIdOf(bytes)).toBe(id)
  bytes[bytes.length - 1] = 0
  expect(entryIdOf(bytes)).toBe(id)
  expect(entryIdOf(Buffer.from("HF"))).toBeUndefined()
  expect(entryIdOf(Buffer.alloc(64))).toBeUndefined()
})

test("numbers outside of their fields are clamped, and fractions of a millisecond never make an entry fresh for longer", () => {
  const bytes = sealEnvelope(fields({ costUs: 1e12, freshUntilMs: 10.9, createdMs: -5 }), "")
  expect(openEnvelope(bytes, address, shape)).toMatchObject({ costUs: 0xffff_ffff, freshUntilMs: 10, createdMs: 0 })
})
