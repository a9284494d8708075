import { isPlainArray, isPlainObject } from "../internal/plain-data.ts"
import { kindOf } from "./json-kinds.ts"

/** What it takes to carry a value: JSON as it is, JSON with tags, or it cannot be carried. Ordered, so that the worst wins. */
export const plain = 0
export const tagged = 1
export const refused = 2
export type Verdict = 0 | 1 | 2

/** Arrays and objects may nest this deep; a cycle is found by it. */
export const maxDepth = 512

/** Looks at every part of a value once. Allocates nothing for plain values. */
export function survey(value: unknown, depth: number): Verdict {
  switch (typeof value) {
    case "string":
    case "boolean":
      return plain
    case "number":
      return isPlainNumber(value) ? plain : tagged
    case "undefined":
    case "bigint":
      return tagged
    case "object":
      return value === null ? plain : surveyObject(value, depth)
    default:
      return refused
  }
}

/** Whether JSON gives this number back: not NaN, not infinite, not -0. */
export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && (value !== 0 || 1 / value > 0)
}

function surveyObject(value: object, depth: number): Verdict {
  if (depth === maxDepth) return refused
  if (Array.isArray(value)) return isPlainArray(value) ? surveyItems(value, depth + 1) : refused
  if (isPlainObject(value)) return surveyFields(value as Record<string, unknown>, depth + 1)
  const kind = kindOf(value)
  return kind === undefined || hasSymbols(value) ? refused : surveyInner(kind.inner(value as never), depth + 1)
}

function surveyItems(items: readonly unknown[], depth: number): Verdict {
  let worst: Verdict = plain
  for (let at = 0; at < items.length; at++) {
    const verdict = survey(items[at], depth)
    if (verdict > worst) worst = verdict
    if (worst === refused || (items[at] === undefined && !(at in items))) return refused
  }
  return worst
}

function surveyFields(fields: Record<string, unknown>, depth: number): Verdict {
  if (hasSymbols(fields)) return refused
  let worst: Verdict = plain
  // The fastest loop there is; it also visits what somebody put into Object.prototype, which JSON leaves out.
  for (const name in fields) {
    const verdict = survey(fields[name], depth)
    if (verdict > worst && Object.hasOwn(fields, name)) worst = verdict
    if (worst === refused) return refused
  }
  return worst
}

function surveyInner(inner: Iterable<unknown>, depth: number): Verdict {
  for (const item of inner) if (survey(item, depth) === refused) return refused
  return tagged
}

/** Whether a property is named by a symbol, and so would be lost. Those that are not enumerable count as hidden. */
export function hasSymbols(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol))
}
