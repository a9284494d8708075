import { valueKindOf } from "./value-kinds.ts"

/**
 * A copy that shares nothing changeable with the original. Kinds of objects, shared references and cycles are as in the original.
 *
 * @param value one that {@link surveyValue} has not called foreign
 * @param isGraph whether a part of it may be reached in more than one way
 */
export function copyValue<T>(value: T, isGraph: boolean): T {
  if (typeof value !== "object" || value === null) return value
  return copyObject(value, isGraph ? new Map() : undefined) as T
}

function copyObject(value: object, copies: Map<object, object> | undefined): object {
  const known = copies?.get(value)
  if (known !== undefined) return known
  const kind = valueKindOf(value)
  if (kind === undefined) return value
  const copy = kind.begin(value as never)
  copies?.set(value, copy)
  kind.finish(copy as never, value as never, (part) =>
    typeof part === "object" && part !== null ? (copyObject(part, copies) as typeof part) : part,
  )
  return copy
}
