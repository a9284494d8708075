import fc from "fast-check"
import { expect, test } from "vitest"
import { msgpack, type Packer } from "./msgpack.ts"

/** A packer made of JSON, to be spoilt in each test; Dates are the one thing it carries beyond JSON. */
function jsonPacker(spoil: (value: unknown) => unknown = (value) => value): Packer {
  return {
    pack: (value) =>
      Buffer.from(
        JSON.stringify(value, function (this: Record<string, unknown>, name, item: unknown) {
          return this[name] instanceof Date ? { date: this[name].getTime() } : item
        }),
      ),
    unpack: (bytes) =>
      spoil(
        JSON.parse(Buffer.from(bytes).toString(), (_, item: unknown) => {
          const date = (item as { date?: unknown } | null)?.date
          if (date === undefined) return item
          return new Date(date === null ? Number.NaN : (date as number))
        }),
      ),
  }
}

test("what the packer gives back as it was is carried", () => {
  const codec = msgpack(jsonPacker())
  const plainData = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))
  fc.assert(
    fc.property(
      plainData.filter(
        (value) => !JSON.stringify(value).includes('"date"') && !JSON.stringify(value).includes("__proto__"),
      ),
      (value) => {
        const stored = Buffer.concat([Buffer.alloc(9), codec.encode({ value, at: new Date(1) }) as Uint8Array])
        expect(codec.decode(stored, 9)).toStrictEqual({ value, at: new Date(1) })
      },
    ),
  )
})

class Account {
  readonly id = 1
}

test.each([
  [{ a: undefined }, "value.a"],
  [[Number.NaN], "value[0]"],
  [{ a: { b: -0 } }, "value.a.b"],
  [1n, "value"],
  [{ list: [new Map()] }, "value.list[0]"],
  ["\ud800", "value"],
  [{ "\ud800": 1 }, "value"],
  [{ f: () => 1 }, "value.f"],
  [new Account(), "value"],
  // oxlint-disable-next-line no-sparse-arrays
  [[1, , 2], "value[1]"],
])("what this packer would change is refused with its path (%#)", (value, path) => {
  expect(() => msgpack(jsonPacker()).encode(value)).toThrow(
    expect.objectContaining({ code: "VALUE_NOT_ENCODABLE", facts: { codec: "msgpack", path } }),
  )
})

test("a cycle and too many levels are refused", () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  expect(() => msgpack(jsonPacker()).encode(cycle)).toThrow("VALUE_NOT_ENCODABLE")
  expect(() => msgpack(jsonPacker()).encode(JSON.parse("[".repeat(600) + "]".repeat(600)))).toThrow("512 levels")
})

test("a packer that changes plain data is refused when the codec is made", () => {
  const rounding = jsonPacker((value) =>
    JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === "number" ? Math.fround(item) : item)),
  )
  expect(() => msgpack(rounding)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  expect(() => msgpack({} as Packer)).toThrow("has no `pack` and `unpack`")
})

test("a packer whose messages need each other is refused", () => {
  const names: string[] = []
  const sharing: Packer = {
    pack(value) {
      const [name, item] = Object.entries(value as object)[0] ?? []
      const known = names.indexOf(name ?? "")
      if (known === -1) names.push(name ?? "")
      return Buffer.from(JSON.stringify([known === -1 ? name : known, item]))
    },
    unpack: (bytes) => bytes,
  }
  expect(() => msgpack(sharing)).toThrow("shares structures")
})

test("what the packer throws is VALUE_NOT_ENCODABLE or VALUE_NOT_DECODABLE", () => {
  let broken = false
  const packer = jsonPacker()
  const codec = msgpack({
    pack: (value) => (broken ? malfunction() : packer.pack(value)),
    unpack: (bytes) => packer.unpack(bytes),
  })
  broken = true
  expect(() => codec.encode({ a: 1 })).toThrow(expect.objectContaining({ code: "VALUE_NOT_ENCODABLE" }))
  expect(() => codec.decode(Buffer.from("{"), 0)).toThrow(expect.objectContaining({ code: "VALUE_NOT_DECODABLE" }))
})

function malfunction(): never {
  throw new Error("malfunction")
}

test("a decoded value keeps no view of the bytes it came from", () => {
  let seen: Uint8Array | undefined
  const packer = jsonPacker()
  const codec = msgpack({ pack: (value) => packer.pack(value), unpack: (bytes) => packer.unpack((seen = bytes)) })
  const stored = Buffer.concat([Buffer.alloc(8), codec.encode({ a: 1 }) as Uint8Array])
  codec.decode(stored, 8)
  expect(seen?.buffer).not.toBe(stored.buffer)
  expect(seen?.buffer.byteLength).toBe(stored.length - 8)
})
