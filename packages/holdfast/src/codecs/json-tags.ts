import { isPlainObject } from "../internal/plain-data.ts"
import { kindOf, kindOfTag } from "./json-kinds.ts"
import { malformed, setOwn, type JsonKind } from "./json-kind.ts"
import { isPlainNumber, maxDepth } from "./json-survey.ts"

/*
 * In tagged text every string that begins with "~" is a tag or an escaped string:
 *   ~~text  the string "~text"        ~u undefined   ~n NaN   ~+ Infinity   ~- -Infinity   ~0 -0
 *   ~i7     a bigint, ~xff in hex     ~d, ~b, ...    texts of kinds         ["~#M", ...]  containers of kinds
 */
const tilde = 0x7e
/** Errors and bare objects take two levels of arrays and objects each. */
const maxTaggedDepth = 2 * maxDepth
const decimalLimit = 10n ** 18n
const words = new Map<string, unknown>([
  ["~u", undefined],
  ["~n", Number.NaN],
  ["~+", Number.POSITIVE_INFINITY],
  ["~-", Number.NEGATIVE_INFINITY],
  ["~0", -0],
])

/** The value with everything that JSON cannot carry replaced by tags. Parts without any are not copied. */
export function withTags(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return value.charCodeAt(0) === tilde ? `~${value}` : value
    case "number":
      return isPlainNumber(value) ? value : wordOf(value)
    case "undefined":
      return "~u"
    case "bigint":
      return bigintText(value)
    case "object":
      return value === null ? null : objectWithTags(value)
    default:
      return value
  }
}

/** The opposite of {@link withTags}; changes arrays and objects in place. Throws on malformed input. */
export function withoutTags(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.charCodeAt(0) === tilde ? untaggedText(value) : value
  if (typeof value !== "object" || value === null) return value
  if (depth === maxTaggedDepth) malformed()
  if (!Array.isArray(value)) return replaceFields(value as Record<string, unknown>, depth + 1)
  const first: unknown = value[0]
  if (typeof first !== "string" || !first.startsWith("~#")) return replaceItems(value, depth + 1)
  return kindOfTag(first).unpack(value.slice(1) as never, (inner) => withoutTags(inner, depth + 1))
}

function objectWithTags(value: object): unknown {
  if (Array.isArray(value)) return copiedItems(value)
  if (isPlainObject(value)) return copiedFields(value as Record<string, unknown>)
  const kind = kindOf(value) as JsonKind
  const packed = kind.pack(value as never, withTags)
  return typeof packed === "string" ? kind.tag + packed : [kind.tag, ...packed]
}

function copiedItems(items: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let at = 0; at < items.length; at++) {
    const item = withTags(items[at])
    if (item !== items[at] || item === undefined) (copy ??= [...items])[at] = item
  }
  return copy ?? items
}

function copiedFields(fields: Record<string, unknown>): object {
  let copy: object | undefined
  for (const name of Object.keys(fields)) {
    const field = withTags(fields[name])
    if (field !== fields[name]) setOwn((copy ??= { ...fields }), name, field)
  }
  return copy ?? fields
}

function replaceItems(items: unknown[], depth: number): unknown[] {
  for (let at = 0; at < items.length; at++) items[at] = withoutTags(items[at], depth)
  return items
}

function replaceFields(fields: Record<string, unknown>, depth: number): object {
  for (const name in fields) {
    const field = withoutTags(fields[name], depth)
    if (field !== fields[name] && Object.hasOwn(fields, name)) setOwn(fields, name, field)
  }
  return fields
}

function wordOf(number: number): string {
  if (number === 0) return "~0"
  if (Number.isNaN(number)) return "~n"
  return number > 0 ? "~+" : "~-"
}

/** Long ones in hex: reading many decimal digits takes more than linear time. */
function bigintText(value: bigint): string {
  const size = value < 0n ? -value : value
  if (size < decimalLimit) return `~i${value}`
  return `~x${value < 0n ? "-" : ""}${size.toString(16)}`
}

function untaggedText(text: string): unknown {
  switch (text[1]) {
    case "~":
      return text.slice(1)
    case "i":
      return /^~i-?\d{1,18}$/.test(text) ? BigInt(text.slice(2)) : malformed()
    case "x":
      return hexBigint(text.slice(2))
    default:
      return words.has(text) ? words.get(text) : kindText(text)
  }
}

function hexBigint(text: string): bigint {
  const negative = text.startsWith("-")
  const digits = negative ? text.slice(1) : text
  if (!/^[0-9a-f]+$/.test(digits)) malformed()
  const size = BigInt(`0x${digits}`)
  return negative ? -size : size
}

function kindText(text: string): unknown {
  return kindOfTag(text.slice(0, 2)).unpack(text.slice(2) as never, malformed)
}
