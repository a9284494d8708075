import type { Codec } from "../contracts/codec.ts"
import { isPlainArray, isPlainObject } from "../internal/plain-data.ts"
import { described, notDecodable, notEncodable, partsOf, type Judge } from "./culprit.ts"
import { kindOf } from "./json-kinds.ts"
import { hasSymbols, isPlainNumber, maxDepth } from "./json-survey.ts"
import { probePacker, type Carriage } from "./msgpack-probe.ts"
import { isWellFormed } from "./text.ts"

/** What Holdfast needs of a MessagePack library, such as `new Packr()` of msgpackr, or its module. */
export interface Packer {
  /** Bytes that `unpack` of any process can read without anything else. */
  pack(value: unknown): Uint8Array
  /** The value that was packed. Throws on malformed bytes. */
  unpack(bytes: Uint8Array): unknown
}

/**
 * MessagePack by a packer of your own. Smaller and faster to read than JSON for arrays of records.
 *
 * The packer is tried out once, when the codec is made: what it does not give back as it was, values may not hold
 * (`VALUE_NOT_ENCODABLE`). With msgpackr, `new Packr({ moreTypes: true })` carries the most. Throws `INVALID_OPTION` for a packer
 * that shares structures between messages, because another process could not read them, or that changes plain data.
 */
export function msgpack<V = unknown>(packer: Packer): Codec<V> {
  const carriage = probePacker(packer)
  const judge: Judge = { refusal: (value) => refusalOf(value, carriage), partsOf, maxDepth }
  return {
    name: "msgpack",
    encode(value) {
      try {
        if (isCarried(value, carriage, 0)) return packer.pack(value)
      } catch {
        // Named below: a getter that throws, or what the packer refuses by itself.
      }
      throw notEncodable("msgpack", value, judge)
    },
    decode(bytes, start) {
      try {
        return packer.unpack(copyOf(bytes, start)) as V
      } catch {
        throw notDecodable("msgpack")
      }
    },
  }
}

/** Packers answer views of what they read; a view of a reply would keep the whole reply alive. */
function copyOf(bytes: Buffer, start: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length - start)
  bytes.copy(copy, 0, start)
  return copy
}

function isCarried(value: unknown, carriage: Carriage, depth: number): boolean {
  if (refusalOf(value, carriage) !== undefined) return false
  if (typeof value !== "object" || value === null) return true
  if (depth === maxDepth) return false
  if (Array.isArray(value)) return value.every((item) => isCarried(item, carriage, depth + 1)) && !hasHole(value)
  const inner = isPlainObject(value) ? Object.values(value) : kindOf(value)?.inner(value as never)
  for (const item of inner ?? []) if (!isCarried(item, carriage, depth + 1)) return false
  return true
}

function hasHole(items: readonly unknown[]): boolean {
  for (let at = 0; at < items.length; at++) if (items[at] === undefined && !(at in items)) return true
  return false
}

/** Why this very value is not carried, whatever is inside it. */
function refusalOf(value: unknown, carriage: Carriage): string | undefined {
  switch (typeof value) {
    case "string":
      return isWellFormed(value) ? undefined : "a string with half a surrogate pair"
    case "number":
      return isPlainNumber(value) || carriage.numbers(value)
        ? undefined
        : `the number ${Object.is(value, -0) ? "-0" : value}`
    case "bigint":
      return carriage.bigints(value) ? undefined : "a bigint that this packer changes"
    case "undefined":
      return carriage.undefined ? undefined : "undefined, which this packer changes"
    case "object":
      return value === null ? undefined : objectRefusal(value, carriage)
    case "boolean":
      return undefined
    default:
      return described(value)
  }
}

function objectRefusal(value: object, carriage: Carriage): string | undefined {
  if (isPlainArray(value)) return undefined
  if (hasSymbols(value)) return "an object with a property named by a symbol"
  if (!isPlainObject(value)) {
    const prototype = Object.getPrototypeOf(value) as object | null
    return carriage.prototypes.has(prototype) ? undefined : described(value)
  }
  if (!carriage.protoName && Object.hasOwn(value, "__proto__")) return "an object with a property named __proto__"
  return Object.keys(value).every(isWellFormed) ? undefined : "an object with half a surrogate pair in a name"
}
