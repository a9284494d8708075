import { digitsOf } from "../digits.ts"

/** The largest integer of Redis; as a number it is rounded up by one. */
const int64Max = 9_223_372_036_854_775_807n
const int64Min = -9_223_372_036_854_775_808n

/** What a server's own number parser takes: no sign but "-", no leading zeros, 64 bits. Beyond 2^53 the result is rounded. */
export function integer(text: string): number | undefined {
  const whole = text.startsWith("0") ? -1 : digitsOf(text)
  if (whole !== -1) return whole
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  const exact = BigInt(text)
  return exact > int64Max || exact < int64Min ? undefined : value
}
