import { digitsOf } from "../digits.ts"
import { LuaNotModelled } from "./lua-error.ts"

const decimal = /^[ \t-\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[ \t-\r]*$/
const hex = /^[ \t-\r]*([-+]?)0[xX]([\da-fA-F]+)[ \t-\r]*$/
const exotic = /^[ \t-\r]*[-+]?(?:inf|nan|0x)/i

/** What a string is worth as a number; undefined if it is none. */
export function numberOf(text: string): number | undefined {
  const whole = digitsOf(text)
  if (whole !== -1) return whole
  const end = text.indexOf("\0")
  const read = end === -1 ? text : text.slice(0, end)
  const found = decimal.exec(read)?.[1]
  if (found !== undefined) return Number(found)
  const [, sign, digits] = hex.exec(read) ?? []
  if (digits !== undefined && digits.length <= 13) return Number.parseInt(digits, 16) * (sign === "-" ? -1 : 1)
  if (exotic.test(read)) throw new LuaNotModelled(`the number ${JSON.stringify(read)}`)
  return undefined
}

/** `tonumber` with a base. */
export function numberOfBase(text: string, base: number): number | undefined {
  const read = text
    .trim()
    .toLowerCase()
    .replace(/^0x(?=.)/, base === 16 ? "" : "0x")
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz".slice(0, base)
  const isNumber = read !== "" && read.split("").every((digit) => digits.includes(digit))
  return isNumber ? Number.parseInt(read, base) : undefined
}
