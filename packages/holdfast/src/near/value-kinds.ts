import { isPlainArray, isPlainObject } from "../internal/plain-data.ts"

/** Gives a part of a value its place in the copy. */
export type Inward = <T>(part: T) => T

/** One kind of object that values hold. */
export interface ValueKind {
  /** Whether `Object.freeze` makes it unchangeable: not what has hidden state, such as the time of a Date. */
  readonly isFreezable: boolean
  /** Calls `visit` with each object inside. */
  parts(value: never, visit: (part: object) => void): void
  /** A new one of its kind, still without what is inside, so that a cycle can point to it. */
  begin(value: never): object
  /** Puts what is inside into what `begin` has made. */
  finish(copy: never, value: never, inward: Inward): void
}

const isObject = (part: unknown): part is object => typeof part === "object" && part !== null
const nothing = (): void => {}
const leaf = (begin: (value: never) => object): ValueKind => ({
  isFreezable: false,
  parts: nothing,
  begin,
  finish: nothing,
})

const arrayKind: ValueKind = {
  isFreezable: true,
  parts: visitItems,
  begin: (items: readonly unknown[]) => items.slice(),
  finish(copy: unknown[], _: readonly unknown[], inward) {
    for (let at = 0; at < copy.length; at++) if (isObject(copy[at])) copy[at] = inward(copy[at])
  },
}

const plainKind: ValueKind = {
  isFreezable: true,
  parts: visitFields,
  begin: (fields: object) => ({ ...fields }),
  finish: copyFields,
}

const bareKind: ValueKind = {
  ...plainKind,
  begin: (fields: object) => Object.assign(Object.create(null) as object, fields),
}

/** Its fields stand in properties that are not enumerable, too. */
const errorKind: ValueKind = {
  isFreezable: true,
  parts: (error: Error, visit) => visitItems(ownValues(error), visit),
  begin(error: Error) {
    const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error) as object) as object
    for (const name of Reflect.ownKeys(copy)) Reflect.deleteProperty(copy, name)
    return copy
  },
  finish(copy: Error, error: Error, inward) {
    for (const name of Reflect.ownKeys(error)) {
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, name)
      const value = inward(Reflect.get(error, name) as unknown)
      Object.defineProperty(copy, name, { value, enumerable, writable: true, configurable: true })
    }
  },
}

const mapKind: ValueKind = {
  isFreezable: false,
  parts: (map: ReadonlyMap<unknown, unknown>, visit) => visitItems([...map].flat(), visit),
  begin: () => new Map(),
  finish(copy: Map<unknown, unknown>, map: ReadonlyMap<unknown, unknown>, inward) {
    for (const [key, value] of map) copy.set(inward(key), inward(value))
  },
}

const setKind: ValueKind = {
  isFreezable: false,
  parts: (set: ReadonlySet<unknown>, visit) => visitItems([...set], visit),
  begin: () => new Set(),
  finish(copy: Set<unknown>, set: ReadonlySet<unknown>, inward) {
    for (const item of set) copy.add(inward(item))
  },
}

const errors = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError]
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object

const byPrototype = new Map<object | null, ValueKind>([
  [null, bareKind],
  [Date.prototype, leaf((date: Date) => new Date(date))],
  [Map.prototype, mapKind],
  [Set.prototype, setKind],
  [Buffer.prototype, leaf(copyBuffer)],
  [ArrayBuffer.prototype, leaf((memory: ArrayBuffer) => memory.slice(0))],
  [DataView.prototype, leaf(copyDataView)],
  ...errors.map(({ prototype }) => [prototype, errorKind] as const),
])

/** The kind of an object; undefined for class instances, functions and whatever else cannot be copied so that nobody notices. */
export function valueKindOf(value: object): ValueKind | undefined {
  if (isPlainArray(value)) return arrayKind
  if (Object.getOwnPropertySymbols(value).length > 0) return undefined
  if (isPlainObject(value)) return plainKind
  const prototype = Object.getPrototypeOf(value) as object | null
  return byPrototype.get(prototype) ?? (isTypedArray(prototype) ? typedArrayKind : undefined)
}

const typedArrayKind = leaf((view: Uint8Array) => view.slice())

/** One of the language's own, and no class that extends one. */
const isTypedArray = (prototype: object | null): boolean =>
  prototype !== null && Object.getPrototypeOf(prototype) === typedArray

/** A small Buffer from the pool would keep 8 kB alive for as long as it is held. */
function copyBuffer(buffer: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(buffer.length)
  buffer.copy(copy)
  return copy
}

function copyDataView({ buffer, byteOffset, byteLength }: DataView): DataView {
  return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
}

function ownValues(error: object): unknown[] {
  return Reflect.ownKeys(error).map((name) => Reflect.get(error, name) as unknown)
}

function visitItems(items: readonly unknown[], visit: (part: object) => void): void {
  for (let at = 0; at < items.length; at++) {
    const part = items[at]
    if (isObject(part) || typeof part === "function") visit(part)
  }
}

// Both loops also come upon what somebody put into Object.prototype, which is nobody's value.
function visitFields(fields: Readonly<Record<string, unknown>>, visit: (part: object) => void): void {
  for (const name in fields) {
    const part = fields[name]
    if ((isObject(part) || typeof part === "function") && Object.hasOwn(fields, name)) visit(part)
  }
}

function copyFields(copy: Record<string, unknown>, _: object, inward: Inward): void {
  for (const name in copy) {
    const part = copy[name]
    if (isObject(part) && Object.hasOwn(copy, name)) copy[name] = inward(part)
  }
}
