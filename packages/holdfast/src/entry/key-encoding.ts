import { createHash } from "node:crypto"
import { HoldfastError } from "../errors/holdfast-error.ts"

const maxKeyBytes = 512
const headLength = 64
const maxDepth = 32

/** Needs no escaping whatever its place in a key. */
const plain = /^[\w.-]+$/
const plainGroup = /^[\w.:-]+$/
/** What is never written as it is: separators, what Redis reads as a glob or hash tag, control characters, halves of surrogate pairs. */
// oxlint-disable-next-line no-control-regex
const unsafe =
  /[%:{}*?[\]\\^~\u0000-\u001f\u007f-\u009f\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const escapes = /%u[0-9A-F]{4}|%[0-9A-F]{2}/g

/** `%` is always followed by two hex digits when it escapes, so these cannot come from any text. */
const emptyText = "%_"
/** A tuple that ends in "ctl" would otherwise be the control key of the tuple without it, where the key stands last. */
const controlText = "%63tl"

/**
 * The text that names a key inside its cache, readable in redis-cli and injective.
 *
 * A number, bigint or boolean and its text name the same entry: ids come as text from URLs and as numbers from databases.
 * A tuple joins its parts by ":"; a plain object is a readable head, "~" and a SHA-256 of its canonical form (sorted
 * names; `undefined` counts as absent); what is longer than 512 bytes likewise keeps a head and a SHA-256.
 *
 * Throws `INVALID_KEY` for NaN, infinities, undefined, null, functions, symbols, class instances and cycles.
 */
export function encodeKey(key: unknown): string {
  if (typeof key === "string" && isPlainKey(key)) return key
  if (typeof key === "number" && Number.isSafeInteger(key)) return String(key)
  return limited(Array.isArray(key) ? encodeTuple(key) : encodePart(key))
}

/** Whether a text is its own encoding. */
export function isPlainKey(text: string): boolean {
  return text.length <= maxKeyBytes && plain.test(text)
}

/** The key of which a text is the encoding, if that is a text; undefined if it is another key, or cannot be told. */
export function textOfKey(encoded: string): string | undefined {
  // No text is written with these, but one that is cut.
  if (/[:~]/.test(encoded)) return undefined
  const text = encoded === emptyText ? "" : encoded.replace(escapes, unitOf)
  return encodeKey(text) === encoded ? text : undefined
}

/** The text of a hash-tag group: as of a string key, but ":" stays. Throws `INVALID_GROUP` for the empty text and non-strings. */
export function encodeGroup(group: string): string {
  if (typeof group !== "string" || group === "") throw invalidGroup(group)
  if (group.length <= maxKeyBytes && plainGroup.test(group)) return group
  return limited(group.split(":").map(escapedText).join(":"))
}

function encodeTuple(parts: readonly unknown[]): string {
  const texts = Array.from(parts, (part) => {
    const text = encodePart(part)
    return text === "ctl" ? controlText : text
  })
  return texts.length < 2 ? `${texts.join("")}:` : texts.join(":")
}

function encodePart(part: unknown): string {
  if (typeof part === "object" && part !== null && !Array.isArray(part)) return encodeObject(part)
  const text = scalarText(part)
  return text === "" ? emptyText : escapedText(text)
}

function encodeObject(value: object): string {
  const canonical = canonicalText(value, 0)
  const readable = canonical.replace(/["{}[\]]/g, "").replaceAll(":", "=")
  return `${headOf(escapedText(readable))}~${sha256(canonical)}`
}

/** JSON with sorted names, in which every scalar but null is a string. */
function canonicalText(value: unknown, depth: number): string {
  if (value === null) return "null"
  if (typeof value !== "object") return JSON.stringify(scalarText(value))
  if (depth === maxDepth) throw invalidKey(`A key is a cycle or nests deeper than ${maxDepth} levels.`, "object")
  if (Array.isArray(value)) return `[${Array.from(value, (item) => canonicalText(item, depth + 1)).join(",")}]`
  assertPlain(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field, depth + 1)}`)
  return `{${fields.join(",")}}`
}

function assertPlain(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw invalidKey("A key is or holds a class instance.", "instance")
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw invalidKey("A key holds a property named by a symbol.", "symbol")
}

function scalarText(value: unknown): string {
  if (typeof value === "string") return value
  if (typeof value === "number" && Number.isFinite(value)) return String(value)
  if (typeof value === "bigint" || typeof value === "boolean") return String(value)
  const type = typeName(value)
  throw invalidKey(`A key is or holds ${type}.`, type)
}

function typeName(value: unknown): string {
  if (value === null) return "null"
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : "an infinite number"
  if (typeof value === "undefined") return "undefined"
  return Array.isArray(value) ? "an array inside a tuple" : `a ${typeof value}`
}

/** A text as it is written into a key, without the rules for whole parts. */
export function escapedText(text: string): string {
  return text.replace(unsafe, (unit) => {
    const code = unit.charCodeAt(0)
    return code < 0x100 ? percent(code) : `%u${code.toString(16).toUpperCase().padStart(4, "0")}`
  })
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, "0")}`
}

const unitOf = (escape: string): string => String.fromCharCode(Number.parseInt(escape.replace(/^%u?/, ""), 16))

function limited(text: string): string {
  if (text.length * 3 <= maxKeyBytes || Buffer.byteLength(text) <= maxKeyBytes) return text
  return `${headOf(text)}~${sha256(text)}`
}

/** The first characters of an encoded text, without half an escape or half a surrogate pair at the end. */
function headOf(text: string): string {
  return text.length <= headLength ? text : text.slice(0, headLength).replace(/%[^%]{0,4}$|[\ud800-\udbff]$/, "")
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url")
}

function invalidGroup(group: unknown): HoldfastError {
  const what = group === "" ? "empty" : `of type ${typeof group}`
  return new HoldfastError("INVALID_GROUP", `A group is ${what}.`, { facts: { type: typeof group } })
}

function invalidKey(detail: string, type: string): HoldfastError {
  return new HoldfastError("INVALID_KEY", detail, { facts: { type } })
}
