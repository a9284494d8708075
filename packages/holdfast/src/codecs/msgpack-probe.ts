import { isDeepStrictEqual } from "node:util"
import { HoldfastError } from "../errors/holdfast-error.ts"
import type { Packer } from "./msgpack.ts"

/** What a packer gives back as it was. */
export interface Carriage {
  /** Asked only for the numbers that JSON cannot carry: NaN, infinities, -0. */
  numbers(value: number): boolean
  bigints(value: bigint): boolean
  readonly undefined: boolean
  /** Kinds of objects by prototype, `null` for those without one. */
  readonly prototypes: ReadonlySet<object | null>
  /** Whether an own property named `__proto__` survives. */
  readonly protoName: boolean
}

const plainSamples: readonly unknown[] = [
  ["", "text", "日本", "😀", "x".repeat(300), null, true, false],
  [0, 1, -1, 255, 65_536, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER, 0.1 + 0.2, 1 / 3, -1.1, 5e-324, 1.7e308],
  { a: { b: [[], {}, [{ c: 1 }, { c: 2 }]] }, "": 0, 7: "seven" },
]
const numberSamples = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]
const smallBigints = [0n, -1n, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n]
const largeBigints = [2n ** 64n, -(2n ** 70n), 2n ** 4_000n]

/** Tries out what a packer does to data. Throws `INVALID_OPTION` for one that plain data does not survive. */
export function probePacker(packer: Packer): Carriage {
  if (typeof packer?.pack !== "function" || typeof packer.unpack !== "function")
    throw refusal("has no `pack` and `unpack`")
  if (sharesStructures(packer))
    throw refusal("shares structures between messages, so that another process could not read them")
  if (!survive(packer, plainSamples)) throw refusal("does not give plain data back as it was")
  const numbers = numberSamples.filter((sample) => survive(packer, [sample]))
  const small = survive(packer, smallBigints)
  const large = small && survive(packer, largeBigints)
  return {
    numbers: (value) => numbers.some((known) => Object.is(known, value)),
    bigints: (value) => large || (small && BigInt.asIntN(64, value) === value),
    undefined: survive(packer, [undefined, { a: undefined }, [undefined, 1]]),
    prototypes: new Set(
      objectSamples()
        .filter((samples) => survive(packer, samples))
        .map(prototypeOf),
    ),
    protoName: survive(packer, [JSON.parse('{"__proto__":1,"a":2}')]),
  }
}

const viewClasses: readonly (new (memory: ArrayBuffer) => object)[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
]

/** Several samples of each kind; all of one list have the same prototype. */
function objectSamples(): readonly object[][] {
  const memory = (): ArrayBuffer => Uint8Array.from({ length: 16 }, (_, at) => at * 15).buffer
  return [
    [new Date(0), new Date(1_700_000_000_123), new Date(-1e14), new Date(Number.NaN)],
    [
      new Map(),
      new Map<unknown, unknown>([
        [1, "a"],
        ["1", { b: 1 }],
        [{ c: 1 }, new Map()],
      ]),
    ],
    [new Set(), new Set<unknown>([1, "1", { a: 1 }])],
    [Object.create(null) as object, Object.assign(Object.create(null) as object, { a: 1 })],
    [Buffer.alloc(0), Buffer.from("bytes"), Buffer.alloc(70_000, 7)],
    [memory(), new ArrayBuffer(0)],
    ...viewClasses.map((View) => [new View(memory()), new View(new ArrayBuffer(0))]),
    ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map(errorSamples),
    [Object.assign(new AggregateError([new Error("inner")], "outer"), { code: "E" })],
  ]
}

function errorSamples(Class: ErrorConstructor): object[] {
  return [Object.assign(new Class("outer", { cause: { reason: "inner" } }), { code: "E", count: 1 })]
}

/** A message of its own must name its fields, also when the same shape was packed before. */
function sharesStructures(packer: Packer): boolean {
  const name = "holdfastProbeField"
  const named = [1, 2].map((value) => Buffer.from(packer.pack({ [name]: value })).includes(name))
  return named.includes(false)
}

function survive(packer: Packer, samples: readonly unknown[]): boolean {
  return samples.every((sample) => {
    try {
      const bytes = Buffer.from(packer.pack(sample))
      return isSame(packer.unpack(bytes), sample)
    } catch {
      return false
    }
  })
}

/** As `isDeepStrictEqual`, for which an invalid Date is not even equal to itself. */
function isSame(a: unknown, b: unknown): boolean {
  if (isDeepStrictEqual(a, b)) return true
  return a instanceof Date && b instanceof Date && Number.isNaN(a.getTime()) && Number.isNaN(b.getTime())
}

function prototypeOf(samples: readonly object[]): object | null {
  return Object.getPrototypeOf(samples[0]) as object | null
}

function refusal(what: string): HoldfastError {
  return new HoldfastError("INVALID_OPTION", `The packer given to msgpack() ${what}.`, { facts: { option: "packer" } })
}
