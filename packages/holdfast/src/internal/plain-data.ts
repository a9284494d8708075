/** Whether an object is one that a literal makes, also one of another realm (`node:vm`, and tests run by Jest). */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype) return true
  return prototype !== null && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf")
}

/** Whether an array is one that a literal makes; `Array.prototype` is the only prototype that is itself an array. */
export function isPlainArray(value: object): value is unknown[] {
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value))
}
