import { bytes, json, msgpack, text } from "holdfast"
import { encodeKey, encodeVersion, entryAddress } from "holdfast/testing"
import { Packr } from "msgpackr"

/** A codec of any type of value. */
interface GoldenCodec {
  readonly name: string
  encode(value: never): string | Uint8Array
  decode(bytes: Buffer, start: number): unknown
}

/** One stored entry whose bytes are in `goldens/<name>.hex`. */
export interface GoldenCase {
  readonly name: string
  readonly codec: GoldenCodec
  /** Absent for a negative entry. */
  readonly value?: unknown
  readonly key: unknown
  readonly group?: string
  readonly shape?: string
  readonly version?: bigint | number | string
  /** As of `EnvelopeFields`. */
  readonly stamp?: {
    readonly clock: { readonly era: string; readonly counter: number }
    readonly tags: readonly string[]
  }
  /** As of `EnvelopeFields`. */
  readonly run?: string
  readonly createdMs: number
  readonly freshUntilMs: number
  readonly costUs: number
}

const times = { createdMs: 1_760_000_000_000, freshUntilMs: 1_760_000_600_000, costUs: 12_345 }
const product = {
  id: 42,
  name: "Espresso cup",
  price: 1_250,
  tags: ["kitchen", "~new"],
  stock: null,
  nested: { ok: true },
}

const stamp = {
  clock: { era: "ffeeddccbbaa99887766554433221100", counter: 17 },
  tags: ["category:7", "日本"],
}

/** Carries the most; its messages need nothing but themselves. */
export const packer = new Packr({ moreTypes: true })

/** Never change a case: bytes like these are in somebody's Redis. Add one, and run `add-goldens.ts`. */
export const goldenCases: readonly GoldenCase[] = [
  { name: "json-plain", codec: json(), key: "42", value: product, ...times },
  { name: "json-scalar", codec: json(), key: 42, value: "~not a tag", ...times },
  { name: "json-tagged", codec: json(), key: "42", value: everyKind(), ...times },
  { name: "json-error", codec: json(), key: "42", value: { error: failure() }, ...times },
  {
    name: "json-undefined",
    codec: json(),
    key: "42",
    value: { gone: undefined, half: "\ud800" },
    ...times,
  },
  { name: "json-shape", codec: json(), key: "42", shape: "v2", value: product, ...times },
  { name: "text", codec: text(), key: "42", value: "line 1\nline 2, 日本, 😀", ...times },
  { name: "text-empty", codec: text(), key: "42", value: "", ...times },
  { name: "bytes", codec: bytes(), key: "42", value: Buffer.from([0, 1, 127, 128, 255]), ...times },
  { name: "msgpack-records", codec: msgpack(packer), key: "42", value: [product, { ...product, id: 43 }], ...times },
  {
    name: "msgpack-types",
    codec: msgpack(packer),
    key: "42",
    value: { at: new Date(1_700_000_000_123), ids: new Set([1n]) },
    ...times,
  },
  { name: "negative", codec: json(), key: "42", ...times },
  { name: "negative-versioned", codec: json(), key: "42", version: 9_007_199_254_740_993n, ...times },
  { name: "versioned-integer", codec: json(), key: "42", version: 7, value: product, ...times },
  { name: "versioned-text", codec: json(), key: "42", version: "2024-01-é", value: product, ...times },
  { name: "tagged", codec: json(), key: "42", stamp, value: product, ...times },
  { name: "tagged-by-cache-only", codec: json(), key: "42", stamp: { ...stamp, tags: [] }, ...times },
  { name: "strict", codec: json(), key: "42", run: "0123456789abcdef", version: 7, stamp, value: product, ...times },
  { name: "key-tuple", codec: json(), key: ["tenant1", "admin:x", ""], value: 1, ...times },
  { name: "key-object", codec: json(), key: { category: "shoes", page: 2 }, value: 1, ...times },
  { name: "key-escaped", codec: json(), key: "{hot} *?[]\\^~%\n日本\ud800", value: 1, ...times },
  { name: "key-long", codec: json(), key: "x".repeat(10_000), value: 1, ...times },
  { name: "key-group", codec: json(), key: 123, group: "user:123", value: 1, ...times },
  {
    name: "limits",
    codec: json(),
    key: "42",
    value: 1,
    createdMs: 0,
    freshUntilMs: Number.MAX_SAFE_INTEGER,
    costUs: 0xffff_ffff,
  },
]

/** What an envelope of this case is sealed with. */
export function envelopeOf(golden: GoldenCase, shape: number) {
  return {
    address: entryAddress("shop", "product", encodeKey(golden.key), golden.group),
    id: "00112233445566778899aabbccddeeff",
    shape,
    createdMs: golden.createdMs,
    freshUntilMs: golden.freshUntilMs,
    costUs: golden.costUs,
    version: golden.version === undefined ? undefined : encodeVersion(golden.version),
    stamp: golden.stamp,
    run: golden.run,
    negative: !("value" in golden),
  }
}

function everyKind(): unknown {
  const memory = Uint8Array.from({ length: 16 }, (_, at) => at).buffer
  const views: (new (memory: ArrayBuffer) => unknown)[] = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
  ]
  const wideViews: typeof views = [
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ]
  return {
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.1],
    bigints: [0n, -1n, 10n ** 18n, -(2n ** 70n)],
    dates: [new Date(0), new Date(1_700_000_000_123), new Date(-1)],
    texts: ["~", "~~", "~u", "plain"],
    undefined: [undefined, { a: undefined }],
    map: new Map<unknown, unknown>([
      ["a", 1],
      [{ b: 2n }, new Map()],
    ]),
    set: new Set([1, "1", new Set()]),
    bare: Object.assign(Object.create(null) as object, { a: 1 }),
    own: JSON.parse('{"__proto__":{"a":1}}') as unknown,
    buffer: Buffer.from("bytes"),
    memory,
    views: views.map((View) => new View(memory)),
    wideViews: wideViews.map((View) => new View(memory)),
  }
}

function failure(): Error {
  const cause = Object.assign(new RangeError("inner"), { stack: "RangeError: inner\n    at load" })
  return Object.assign(new TypeError("outer", { cause }), { stack: "TypeError: outer\n    at load", code: "E_OUTER" })
}
