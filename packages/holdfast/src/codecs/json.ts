import type { Codec } from "../contracts/codec.ts"
import { isPlainArray, isPlainObject } from "../internal/plain-data.ts"
import { described, hole, notDecodable, notEncodable, partsOf, type Judge } from "./culprit.ts"
import { kindOf } from "./json-kinds.ts"
import { hasSymbols, maxDepth, plain, survey, tagged } from "./json-survey.ts"
import { withoutTags, withTags } from "./json-tags.ts"

/** Tagged text begins with "~", which no JSON does. */
const tilde = 0x7e

/**
 * The default codec: JSON, with tags for what JSON has no form for.
 *
 * Date, bigint, Map, Set, undefined, NaN, infinities, -0, Buffer, typed arrays, ArrayBuffer, the built-in errors and objects without a
 * prototype come back as they were, in any mixture. Data that is JSON already is stored as plain JSON. Class instances,
 * functions, symbols, sparse arrays, cycles and more than 512 levels throw `VALUE_NOT_ENCODABLE`.
 */
export function json<V = unknown>(): Codec<V> {
  return { name: "json", encode, decode: decode as (bytes: Buffer, start: number) => V }
}

function encode(value: unknown): string {
  try {
    const verdict = survey(value, 0)
    if (verdict === plain) return JSON.stringify(value)
    if (verdict === tagged) return `~${JSON.stringify(withTags(value))}`
  } catch {
    // Named below: a getter or proxy that throws, or an object that only pretends to be a Date or a Map.
  }
  throw notEncodable("json", value, judge)
}

function decode(bytes: Buffer, start: number): unknown {
  try {
    if (bytes[start] !== tilde) return JSON.parse(bytes.toString("utf8", start))
    return withoutTags(JSON.parse(bytes.toString("utf8", start + 1)), 0)
  } catch {
    throw notDecodable("json")
  }
}

const judge: Judge = { refusal, partsOf, maxDepth }

function refusal(value: unknown): string | undefined {
  if (value === hole || typeof value === "function" || typeof value === "symbol") return described(value)
  if (typeof value !== "object" || value === null || isPlainArray(value)) return undefined
  if (!isPlainObject(value) && kindOf(value) === undefined) return described(value)
  return hasSymbols(value) ? "an object with a property named by a symbol" : undefined
}
