/** Turns a value inside a container into its tagged form, or back. */
export type Inward = (inner: unknown) => unknown

/**
 * One kind of object for which JSON has no form.
 *
 * Its form is a text that begins with the tag, or an array whose first item is the tag.
 */
export interface JsonKind {
  /** What the text begins with, such as "~d", or the first item of the array, such as "~#M". */
  readonly tag: string
  /** Objects with exactly one of these prototypes are of this kind, so that subclasses are refused. */
  readonly prototypes: readonly (object | null)[]
  /** The values inside, which have to be encodable too. */
  inner(value: never): Iterable<unknown>
  /** The text or the items after the tag. */
  pack(value: never, inward: Inward): string | unknown[]
  /** The opposite of `pack`. Throws on malformed input. */
  unpack(packed: never, inward: Inward): unknown
}

const nothing: readonly unknown[] = []

/** Defines a kind whose form is a text. */
export function textKind<T>(
  tag: `~${string}`,
  prototypes: readonly object[],
  pack: (value: T) => string,
  unpack: (text: string) => T,
): JsonKind {
  return { tag, prototypes, inner: () => nothing, pack, unpack }
}

/** Makes an own property, also of a name that assignment would take to a prototype: `__proto__`, or one that is frozen there. */
export function setOwn(target: object, name: string | number, value: unknown, enumerable = true): void {
  if (enumerable && name !== "__proto__" && Object.hasOwn(target, name))
    (target as Record<string | number, unknown>)[name] = value
  else Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true })
}

/** Thrown while decoding, and reported as `VALUE_NOT_DECODABLE`. */
export function malformed(): never {
  throw new SyntaxError("malformed")
}
