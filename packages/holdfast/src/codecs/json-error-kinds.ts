import { malformed, setOwn, type Inward, type JsonKind } from "./json-kind.ts"

const classes = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
}
const hiddenNames: ReadonlySet<string> = new Set(["message", "stack", "cause", "errors"])

/** Errors of the built-in classes, with message, stack, cause and what else was set on them. Subclasses are refused. */
export const errorKinds: readonly JsonKind[] = Object.entries(classes).map(([name, known]) => ({
  tag: "~#E",
  prototypes: [known.prototype],
  inner: (error: Error) => Object.values(ownFields(error)),
  pack: (error: Error, inward: Inward) => [name, inward(ownFields(error))],
  unpack: unpackError,
}))

/** An error keeps its standard fields as properties that `Object.keys` does not list; Node adds others of its own, left out. */
function ownFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  const hidden = [...hiddenNames].filter((name) => Object.hasOwn(error, name))
  for (const name of new Set([...hidden, ...Object.keys(error)])) setOwn(fields, name, Reflect.get(error, name))
  return fields
}

function unpackError([name, packed, ...more]: readonly unknown[], inward: Inward): Error {
  const fields = inward(packed)
  if (typeof name !== "string" || !Object.hasOwn(classes, name) || more.length > 0) malformed()
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) malformed()
  const error = name === "AggregateError" ? new AggregateError([]) : new classes[name as "Error"]()
  for (const own of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, own)
  for (const [own, value] of Object.entries(fields)) setOwn(error, own, value, !hiddenNames.has(own))
  return error
}
