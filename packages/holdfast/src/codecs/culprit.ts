import { HoldfastError } from "../errors/holdfast-error.ts"

const maxPathLength = 200
const maxNameLength = 40

/** One value inside another, and how to get there. */
export interface Part {
  readonly step: string
  readonly value: unknown
}

/** How a codec sees values, for the search of what it refuses. */
export interface Judge {
  /** Why this very value is refused, whatever is inside it; undefined if it is not. */
  refusal(value: unknown): string | undefined
  partsOf(value: object): Iterable<Part>
  readonly maxDepth: number
}

/** Something in a value that a codec cannot carry. */
interface Culprit {
  readonly path: string
  readonly what: string
}

/**
 * The error for a value that a codec has refused: names the first culprit and its path, never a value.
 * Slow, and only for values that were refused already, so that the check itself needs no paths.
 */
export function notEncodable(codecName: string, value: unknown, judge: Judge): HoldfastError {
  const { path, what } = culpritIn(value, judge)
  return new HoldfastError(
    "VALUE_NOT_ENCODABLE",
    `The codec ${codecName}() cannot carry \`${path}\`, which is ${what}.`,
    {
      facts: { codec: codecName, path },
    },
  )
}

/** The error for stored bytes that a codec cannot read. It has no cause: parsers quote the text that they stumble on. */
export function notDecodable(codecName: string): HoldfastError {
  return new HoldfastError("VALUE_NOT_DECODABLE", `The codec ${codecName}() found a malformed payload.`, {
    facts: { codec: codecName },
  })
}

/** The parts of arrays, maps, sets and other objects. */
export function* partsOf(value: object): Iterable<Part> {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) yield { step: `[${at}]`, value: at in value ? value[at] : hole }
  } else if (value instanceof Map) {
    let at = 0
    for (const [key, item] of value) {
      yield { step: `<key ${at}>`, value: key }
      yield { step: `<value ${at++}>`, value: item }
    }
  } else if (value instanceof Set) {
    let at = 0
    for (const item of value) yield { step: `<item ${at++}>`, value: item }
  } else if (value instanceof Error) {
    for (const name of ["cause", "errors", ...Object.keys(value)])
      yield { step: stepOf(name, 0), value: Reflect.get(value, name) }
  } else if (!ArrayBuffer.isView(value)) {
    let at = 0
    for (const [name, field] of Object.entries(value)) yield { step: stepOf(name, at++), value: field }
  }
}

/** Stands for an element that an array does not have. */
export const hole: unique symbol = Symbol("hole")

/** What kind of thing a value is, for messages. */
export function described(value: unknown): string {
  if (value === hole) return "a hole in an array"
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  if (typeof value !== "object" || value === null) return typeof value
  const prototype = Object.getPrototypeOf(value) as object | null
  const maker: unknown = prototype === null ? undefined : Reflect.get(prototype, "constructor")
  return `an instance of ${typeof maker === "function" && maker.name !== "" ? maker.name : "an unnamed class"}`
}

function culpritIn(root: unknown, judge: Judge): Culprit {
  try {
    const culprit = firstCulprit(root, "value", judge, new Set())
    if (culprit !== undefined) return { ...culprit, path: shortened(culprit.path) }
  } catch {
    // A getter or proxy that throws, or an object that only pretends to be a Date or a Map.
  }
  return { path: "value", what: "or holds, something that cannot be read" }
}

function firstCulprit(value: unknown, path: string, judge: Judge, ancestors: Set<unknown>): Culprit | undefined {
  const what = judge.refusal(value)
  if (what !== undefined) return { path, what }
  if (typeof value !== "object" || value === null) return undefined
  if (ancestors.has(value)) return { path, what: "a reference to what contains it" }
  if (ancestors.size === judge.maxDepth) return { path, what: `nested deeper than ${judge.maxDepth} levels` }
  ancestors.add(value)
  for (const part of judge.partsOf(value)) {
    const culprit = firstCulprit(part.value, path + part.step, judge, ancestors)
    if (culprit !== undefined) return culprit
  }
  ancestors.delete(value)
  return undefined
}

/** What does not look like the name of a field is one of a table, and may be a user's: an address, an id, a token. */
function stepOf(name: string, at: number): string {
  if (name.length > maxNameLength) return `<field ${at}>`
  if (/^[A-Za-z_$][\w$]*$/.test(name)) return `.${name}`
  return /^[A-Za-z]+(?:-[A-Za-z]+)+$/.test(name) ? `["${name}"]` : `<field ${at}>`
}

function shortened(path: string): string {
  return path.length <= maxPathLength
    ? path
    : `${path.slice(0, maxPathLength / 2)} ... ${path.slice(-maxPathLength / 2)}`
}
