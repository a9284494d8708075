import { badArgument, integerArg, stringArg } from "./arguments.ts"
import { LuaNotModelled, raise } from "./lua-error.ts"
import type { LuaFunction, LuaResult, LuaValue } from "./lua-value.ts"

interface Field {
  readonly bytes: number
  readonly isSigned: boolean
  readonly isBigEndian: boolean
}

const formats = new Map<string, readonly Field[]>()
const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, i: 4, l: 8 }

/** Whole numbers only, packed without gaps. */
function fieldsOf(format: string): readonly Field[] {
  let fields = formats.get(format)
  if (fields === undefined) formats.set(format, (fields = readFields(format)))
  return fields
}

function readFields(format: string): Field[] {
  const fields: Field[] = []
  let isBigEndian = false
  for (const [token, letter = "", size = ""] of format.matchAll(/([^\d])(\d*)/g)) {
    if ((letter === ">" || letter === "<") && size === "") {
      isBigEndian = letter === ">"
      continue
    }
    const natural = sizes[letter.toLowerCase()]
    const bytes = size !== "" && letter.toLowerCase() === "i" ? Number(size) : natural
    if (natural === undefined || bytes === undefined || (size !== "" && letter.toLowerCase() !== "i") || bytes > 6) {
      throw new LuaNotModelled(`"${token}" in a struct format`)
    }
    fields.push({ bytes, isSigned: letter !== letter.toUpperCase(), isBigEndian })
  }
  return fields
}

function unpack(format: LuaValue, value: LuaValue, from?: LuaValue): LuaResult {
  const fields = fieldsOf(stringArg(format, 1, "unpack"))
  const text = stringArg(value, 2, "unpack")
  let at = from === undefined ? 0 : integerArg(from, 3, "unpack") - 1
  if (at < 0) badArgument(3, "unpack", "offset must be 1 or greater")
  const values: number[] = []
  for (const field of fields) {
    if (at + field.bytes > text.length) badArgument(2, "unpack", "data string too short")
    values.push(readNumber(text, at, field))
    at += field.bytes
  }
  values.push(at + 1)
  return values
}

function readNumber(text: string, at: number, { bytes, isSigned, isBigEndian }: Field): number {
  let number = 0
  for (let step = 0; step < bytes; step++) {
    number = number * 256 + text.charCodeAt(isBigEndian ? at + step : at + bytes - 1 - step)
  }
  return isSigned && number >= 2 ** (8 * bytes - 1) ? number - 2 ** (8 * bytes) : number
}

function pack(format: LuaValue, ...values: LuaValue[]): string {
  const fields = fieldsOf(stringArg(format, 1, "pack"))
  return fields.map((field, at) => writeNumber(integerArg(values[at], at + 2, "pack"), field)).join("")
}

function writeNumber(value: number, { bytes, isBigEndian }: Field): string {
  if (!Number.isSafeInteger(value)) raise("a number that struct cannot pack")
  let rest = value
  let text = ""
  for (let step = 0; step < bytes; step++) {
    const byte = ((rest % 256) + 256) % 256
    rest = (rest - byte) / 256
    text = isBigEndian ? String.fromCharCode(byte) + text : text + String.fromCharCode(byte)
  }
  return text
}

export const structLibrary: Readonly<Record<string, LuaFunction>> = { unpack, pack }
