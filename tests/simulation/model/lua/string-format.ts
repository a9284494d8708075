import { badArgument, numberArg, stringArg } from "./arguments.ts"
import { LuaNotModelled, raise } from "./lua-error.ts"
import type { LuaValue } from "./lua-value.ts"
import { fixed } from "./number-text.ts"

type Conversion = (value: LuaValue, at: number) => string

const formats = new Map<string, readonly (string | Conversion)[]>()

export function format(text: LuaValue, ...values: LuaValue[]): string {
  const parts = partsOf(stringArg(text, 1, "format"))
  let made = ""
  let at = 0
  for (const part of parts) {
    if (typeof part === "string") made += part
    else {
      if (at >= values.length) badArgument(at + 2, "format", "no value")
      made += part(values[at], at + 2)
      at++
    }
  }
  return made
}

function partsOf(text: string): readonly (string | Conversion)[] {
  let parts = formats.get(text)
  if (parts === undefined) formats.set(text, (parts = readFormat(text)))
  return parts
}

function readFormat(text: string): (string | Conversion)[] {
  const parts: (string | Conversion)[] = []
  let plain = ""
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char !== "%") plain += char
    else if (text[at + 1] === "%") {
      plain += "%"
      at++
    } else {
      const [whole, flags, width, precision, kind] = /^%([-+ #0]*)(\d*)(?:\.(\d*))?([^]?)/.exec(text.slice(at)) ?? []
      parts.push(plain, conversionOf({ flags: flags ?? "", width: Number(width), precision, kind: kind ?? "" }))
      plain = ""
      at += (whole?.length ?? 1) - 1
    }
  }
  parts.push(plain)
  return parts.filter((part) => part !== "")
}

interface Spec {
  readonly flags: string
  readonly width: number
  readonly precision: string | undefined
  readonly kind: string
}

function conversionOf(spec: Spec): Conversion {
  const { flags, width, precision, kind } = spec
  if (/[+ #]/.test(flags)) throw new LuaNotModelled(`the flags "${flags}" of a format`)
  const digits = precision === undefined ? undefined : Number(precision)
  const padded = (text: string): string => {
    if (flags.includes("-")) return text.padEnd(width)
    if (!flags.includes("0") || kind === "s" || kind === "c") return text.padStart(width)
    return text.startsWith("-") ? `-${text.slice(1).padStart(width - 1, "0")}` : text.padStart(width, "0")
  }
  switch (kind) {
    case "s":
      return (value, at) => stringPart(stringArg(value, at, "format"), digits, padded)
    case "f":
      return (value, at) => padded(fixed(numberArg(value, at, "format"), digits ?? 6))
    case "c":
      return (value, at) => padded(String.fromCharCode(numberArg(value, at, "format") & 255))
    case "d":
    case "i":
      return (value, at) => padded(wholeText(numberArg(value, at, "format"), digits))
    case "x":
    case "X":
    case "o":
    case "u":
      return (value, at) => padded(unsignedText(numberArg(value, at, "format"), kind, digits))
    case "e":
    case "E":
    case "g":
    case "G":
    case "q":
      throw new LuaNotModelled(`%${kind} in a format`)
    default:
      return raise(`invalid option '%${kind}' to 'format'`)
  }
}

/** Short strings go through C and end at a zero byte. */
function stringPart(text: string, digits: number | undefined, padded: (text: string) => string): string {
  if (digits === undefined && text.length >= 100) return text
  const end = text.indexOf("\0")
  const read = end === -1 ? text : text.slice(0, end)
  return padded(digits === undefined ? read : read.slice(0, digits))
}

function wholeText(value: number, digits = 1): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new LuaNotModelled("%d of more than 64 bits")
  const figures = String(BigInt(Math.trunc(Math.abs(value)))).padStart(digits, "0")
  return value <= -1 ? `-${figures}` : figures
}

function unsignedText(value: number, kind: string, digits = 1): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new LuaNotModelled(`%${kind} of more than 64 bits`)
  const whole = Math.trunc(value)
  const base = kind === "o" ? 8 : kind === "u" ? 10 : 16
  const text =
    whole >= 0 && Number.isSafeInteger(whole) ? whole.toString(base) : BigInt.asUintN(64, BigInt(whole)).toString(base)
  return (kind === "X" ? text.toUpperCase() : text).padStart(digits, "0")
}
