import fc from "fast-check"
import { expect, test } from "vitest"
import { bytes } from "./bytes.ts"

const codec = bytes()

test("a Buffer comes back with memory of its own", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (content) => {
      const stored = Buffer.concat([Buffer.alloc(5), codec.encode(Buffer.from(content)) as Buffer])
      const back = codec.decode(stored, 5)
      expect(back).toStrictEqual(Buffer.from(content))
      expect(back.buffer.byteLength).toBe(content.length)
    }),
  )
})

test.each([new Uint8Array(1), "text", null, undefined, {}, new ArrayBuffer(1)])(
  "%s is refused, because it would come back as another class",
  (value) => {
    expect(() => codec.encode(value as Buffer)).toThrow(expect.objectContaining({ code: "VALUE_NOT_ENCODABLE" }))
  },
)
