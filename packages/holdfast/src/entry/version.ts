import { HoldfastError } from "../errors/holdfast-error.ts"

const maxDigits = 99
const maxTextBytes = 64

/**
 * The text of a version, which compares bytewise as the versions do (R5). It has only the characters 0-9 and a-f, so that
 * every string comparison agrees, whatever the locale.
 *
 * Integers compare by size, and so do texts of digits, because drivers return 64-bit columns as text. Other texts compare
 * bytewise and after all integers: pad them to one width. Throws `INVALID_VERSION` for anything else.
 */
export function encodeVersion(version: bigint | number | string): string {
  switch (typeof version) {
    case "bigint":
      if (version < 0n) throw invalidVersion("A version is negative.")
      return integerText(String(version))
    case "number":
      if (!Number.isSafeInteger(version) || version < 0)
        throw invalidVersion("A version is a number but not a non-negative safe integer.")
      return integerText(String(version))
    case "string":
      return /^\d+$/.test(version) ? integerText(version.replace(/^0+(?=\d)/, "")) : byteText(version)
    default:
      throw invalidVersion(refusal(version))
  }
}

/** The version behind an encoded text, for people: an integer's digits, or the text that it was. */
export function decodeVersion(encoded: string): string {
  return encoded.startsWith("2") ? Buffer.from(encoded.slice(1), "hex").toString() : encoded.slice(3)
}

/** Whether the encoded version `a` is newer than the encoded version `b`. */
export function isNewer(a: string, b: string): boolean {
  return a > b
}

function integerText(digits: string): string {
  if (digits.length > maxDigits) throw invalidVersion(`A version has more than ${maxDigits} digits.`)
  return `1${String(digits.length).padStart(2, "0")}${digits}`
}

function byteText(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length === 0) throw invalidVersion("A version is an empty string.")
  if (bytes.length > maxTextBytes) throw invalidVersion(`A version is longer than ${maxTextBytes} bytes.`)
  return `2${bytes.toString("hex")}`
}

function refusal(version: unknown): string {
  if (version instanceof Date)
    return "A version is a Date: two changes within one millisecond, or clocks that differ, would make it lie."
  return `A version is of type ${version === null ? "null" : typeof version}.`
}

function invalidVersion(detail: string): HoldfastError {
  return new HoldfastError("INVALID_VERSION", detail)
}
