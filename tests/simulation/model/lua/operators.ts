import { LuaTable } from "./lua-table.ts"
import { raise } from "./lua-error.ts"
import { type LuaFunction, type LuaValue, typeName } from "./lua-value.ts"
import { stringLibrary } from "./string-library.ts"
import { numberText } from "./number-text.ts"
import { numberOf } from "./text-number.ts"

function operand(value: LuaValue): number {
  if (typeof value === "number") return value
  const number = typeof value === "string" ? numberOf(value) : undefined
  if (number !== undefined) return number
  return raise(`attempt to perform arithmetic on a ${typeName(value)} value`)
}

export function add(left: LuaValue, right: LuaValue): number {
  return typeof left === "number" && typeof right === "number" ? left + right : operand(left) + operand(right)
}

export function subtract(left: LuaValue, right: LuaValue): number {
  return typeof left === "number" && typeof right === "number" ? left - right : operand(left) - operand(right)
}

export function multiply(left: LuaValue, right: LuaValue): number {
  return typeof left === "number" && typeof right === "number" ? left * right : operand(left) * operand(right)
}

export function divide(left: LuaValue, right: LuaValue): number {
  return operand(left) / operand(right)
}

/** The sign is that of the divisor. */
export function modulo(left: LuaValue, right: LuaValue): number {
  const [a, b] = [operand(left), operand(right)]
  return a - Math.floor(a / b) * b
}

export function power(left: LuaValue, right: LuaValue): number {
  return operand(left) ** operand(right)
}

export function negate(value: LuaValue): number {
  return -operand(value)
}

export function concatenate(left: LuaValue, right: LuaValue): string {
  if (typeof left === "string" && typeof right === "string") return left + right
  return joinable(left) + joinable(right)
}

function joinable(value: LuaValue): string {
  if (typeof value === "string") return value
  if (typeof value === "number") return numberText(value)
  return raise(`attempt to concatenate a ${typeName(value)} value`)
}

export function less(left: LuaValue, right: LuaValue): boolean {
  if (typeof left === "number" && typeof right === "number") return left < right
  if (typeof left === "string" && typeof right === "string") return left < right
  return incomparable(left, right)
}

export function lessOrEqual(left: LuaValue, right: LuaValue): boolean {
  if (typeof left === "number" && typeof right === "number") return left <= right
  if (typeof left === "string" && typeof right === "string") return left <= right
  return incomparable(left, right)
}

/** Lua turns the comparison round, but evaluates from left to right. */
export function greater(left: LuaValue, right: LuaValue): boolean {
  return less(right, left)
}

export function greaterOrEqual(left: LuaValue, right: LuaValue): boolean {
  return lessOrEqual(right, left)
}

function incomparable(left: LuaValue, right: LuaValue): never {
  const [one, other] = [typeName(left), typeName(right)]
  return raise(one === other ? `attempt to compare two ${one} values` : `attempt to compare ${one} with ${other}`)
}

export function length(value: LuaValue): number {
  if (typeof value === "string") return value.length
  if (value instanceof LuaTable) return value.length
  return raise(`attempt to get length of a ${typeName(value)} value`)
}

export function index(value: LuaValue, key: LuaValue): LuaValue {
  if (value instanceof LuaTable) return value.get(key)
  // The fields of any string are the functions of the string library.
  if (typeof value === "string") return typeof key === "string" ? stringField(key) : undefined
  return raise(`attempt to index a ${typeName(value)} value`)
}

function stringField(name: string): LuaValue {
  return Object.hasOwn(stringLibrary, name) ? stringLibrary[name] : undefined
}

export function setIndex(value: LuaValue, key: LuaValue, to: LuaValue): void {
  if (value instanceof LuaTable) value.set(key, to)
  else raise(`attempt to index a ${typeName(value)} value`)
}

export function callable(value: LuaValue): LuaFunction {
  if (typeof value === "function") return value
  return raise(`attempt to call a ${typeName(value)} value`)
}

/** One of the three numbers of a `for`. */
export function loopNumber(value: LuaValue, what: string): number {
  const number = typeof value === "string" ? numberOf(value) : value
  return typeof number === "number" ? number : raise(`'for' ${what} must be a number`)
}
