import { LuaNotModelled } from "./lua-error.ts"

/** As C's `%.<digits>g` writes a number. */
export function general(value: number, digits: number): string {
  if (Number.isInteger(value) && Math.abs(value) < (digits < 15 ? 1e14 : 1e15)) {
    return Object.is(value, -0) ? "-0" : String(value)
  }
  if (Number.isNaN(value)) throw new LuaNotModelled("the text of NaN, whose sign is the machine's")
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
  const [mantissa = "", exponentText = "0"] = rounded(value, digits).split("e")
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? "-" : "+"
    return `${trimmed(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`
  }
  return trimmed(placed(mantissa, exponent))
}

/** In exponential notation; of two neighbours as near as each other C takes the even one, JavaScript the greater. */
function rounded(value: number, digits: number): string {
  const text = value.toExponential(digits - 1)
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- 100 is the limit, and the value is exact by then.
  const [exact = "", exponent] = value.toExponential(100).split("e")
  const figures = exact.replace(/[-.]/g, "")
  const [head, tail] = [figures.slice(0, digits), figures.slice(digits)]
  if (!/^50*$/.test(tail) || Number(head.at(-1)) % 2 === 1) return text
  return `${value < 0 ? "-" : ""}${head[0]}.${head.slice(1)}e${exponent}`
}

/** Puts the point of "1.2345" where an exponent moves it. */
function placed(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : ""
  const figures = mantissa.replace(/[-.]/g, "")
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${figures}`
  return `${sign}${figures.slice(0, exponent + 1)}.${figures.slice(exponent + 1)}`
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0*$/, "") : text
}

/** As `tostring` writes a number. */
export function numberText(value: number): string {
  return general(value, 14)
}

/** As C's `%.<digits>f` writes a number: halves go to the even neighbour. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) throw new LuaNotModelled("the text of NaN, whose sign is the machine's")
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
  if (digits === 0 && Number.isSafeInteger(value)) return Object.is(value, -0) ? "-0" : String(value)
  const sign = value < 0 || Object.is(value, -0) ? "-" : ""
  const [numerator, shift] = exact(Math.abs(value))
  const scaled = numerator * 10n ** BigInt(digits)
  const unit = 1n << shift
  const doubled = 2n * (scaled % unit)
  let rounded = scaled / unit
  if (doubled > unit || (doubled === unit && rounded % 2n === 1n)) rounded += 1n
  const figures = String(rounded).padStart(digits + 1, "0")
  const point = figures.length - digits
  return digits === 0 ? sign + figures : `${sign}${figures.slice(0, point)}.${figures.slice(point)}`
}

/** A positive number as numerator / 2^shift. */
function exact(value: number): [numerator: bigint, shift: bigint] {
  let scaled = value
  let shift = 0n
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    shift += 1n
  }
  return [BigInt(scaled), shift]
}
