import { binaryKinds } from "./json-binary-kinds.ts"
import { errorKinds } from "./json-error-kinds.ts"
import { malformed, setOwn, textKind, type Inward, type JsonKind } from "./json-kind.ts"

const dateKind = textKind<Date>(
  "~d",
  [Date.prototype],
  (date) => String(date.getTime()),
  (text) => (/^(?:-?\d{1,16}|NaN)$/.test(text) ? new Date(Number(text)) : malformed()),
)

const mapKind: JsonKind = {
  tag: "~#M",
  prototypes: [Map.prototype],
  inner: (map: ReadonlyMap<unknown, unknown>) => [...map].flat(),
  pack: (map: ReadonlyMap<unknown, unknown>, inward: Inward) => [...map].flat().map(inward),
  unpack(items: readonly unknown[], inward: Inward) {
    if (items.length % 2 !== 0) malformed()
    const map = new Map<unknown, unknown>()
    for (let at = 0; at < items.length; at += 2) map.set(inward(items[at]), inward(items[at + 1]))
    return map
  },
}

const setKind: JsonKind = {
  tag: "~#S",
  prototypes: [Set.prototype],
  inner: (set: ReadonlySet<unknown>) => set,
  pack: (set: ReadonlySet<unknown>, inward: Inward) => Array.from(set, inward),
  unpack: (items: readonly unknown[], inward: Inward) => new Set(items.map(inward)),
}

/** Objects without a prototype, as query-string parsers and GraphQL make them. */
const bareKind: JsonKind = {
  tag: "~#N",
  prototypes: [null],
  inner: (bare: object) => Object.values(bare),
  pack: (bare: object, inward: Inward) => [inward({ ...bare })],
  unpack([packed, ...more]: readonly unknown[], inward: Inward) {
    const fields = inward(packed)
    if (typeof fields !== "object" || fields === null || Array.isArray(fields) || more.length > 0) malformed()
    const bare = Object.create(null) as object
    for (const [name, value] of Object.entries(fields)) setOwn(bare, name, value)
    return bare
  },
}

const kinds = [dateKind, mapKind, setKind, bareKind, ...binaryKinds, ...errorKinds]
const byPrototype = new Map(kinds.flatMap((kind) => kind.prototypes.map((prototype) => [prototype, kind])))
const byTag = new Map(kinds.map((kind) => [kind.tag, kind]))

/** The kind of an object that is neither an array nor a plain object; undefined if JSON cannot carry it. */
export function kindOf(value: object): JsonKind | undefined {
  return byPrototype.get(Object.getPrototypeOf(value) as object | null)
}

/** The kind that a tag in stored data names. Throws on a tag that this release does not know. */
export function kindOfTag(tag: string): JsonKind {
  return byTag.get(tag) ?? malformed()
}
