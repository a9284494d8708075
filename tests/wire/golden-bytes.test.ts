import { isDeepStrictEqual } from "node:util"
import { entryIdOf, openEnvelope } from "holdfast/testing"
import { expect, test } from "vitest"
import { envelopeOf, goldenCases } from "./golden-cases.ts"
import { goldenNames, readGolden, sealGolden, shapeOfGolden } from "./golden-files.ts"

test("every case has its committed bytes, and all committed bytes are tested", () => {
  expect(goldenNames().toSorted()).toEqual(goldenCases.map((golden) => golden.name).toSorted())
})

test.each(goldenCases)("what an earlier release stored is read as it was: $name", (golden) => {
  const bytes = readGolden(golden.name) ?? Buffer.alloc(0)
  const { address, id, shape, ...fields } = envelopeOf(golden, shapeOfGolden(golden))
  const opened = openEnvelope(bytes, address, shape)
  expect(opened).toMatchObject({ is: "entry", ...fields })
  expect(entryIdOf(bytes)).toBe(id)
  if (opened.is !== "entry" || opened.negative) return
  const value: unknown = golden.codec.decode(opened.payload, opened.payloadStart)
  expect(isDeepStrictEqual(value, golden.value)).toBe(true)
})

test.each(goldenCases)("this release stores the same bytes as earlier ones: $name", (golden) => {
  expect(sealGolden(golden).toString("hex")).toBe(readGolden(golden.name)?.toString("hex"))
})

test("the header is laid out as documented", () => {
  const bytes = readGolden("versioned-integer") ?? Buffer.alloc(0)
  expect(bytes.toString("latin1", 0, 2)).toBe("HF")
  expect([...bytes.subarray(2, 4)]).toEqual([1, 0])
  expect(bytes.readBigUInt64BE(8)).toBe(1_760_000_600_000n)
  expect(bytes.toString("hex", 24, 40)).toBe("00112233445566778899aabbccddeeff")
  expect(bytes.readBigUInt64BE(40)).toBe(1_760_000_000_000n)
  expect(bytes.readUInt32BE(48)).toBe(12_345)
  expect([...bytes.subarray(60, 64)]).toEqual([0, 4, 0, 0])
  expect(bytes.toString("latin1", 64, 68)).toBe("1017")
  expect(bytes.readUInt32BE(52)).toBe(bytes.length - 68)
  expect(bytes.toString("utf8", 68)).toMatch(/^\{"id":42,/)
})
