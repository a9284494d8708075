import type { Codec } from "../contracts/codec.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"

/** Strings, stored as UTF-8. Half a surrogate pair has no UTF-8 form, so strings that hold one throw `VALUE_NOT_ENCODABLE`. */
export function text(): Codec<string> {
  return { name: "text", encode, decode: (bytes, start) => bytes.toString("utf8", start) }
}

function encode(value: string): string {
  if (typeof value !== "string") throw refusal(`a value of type ${value === null ? "null" : typeof value}`)
  if (!isWellFormed(value)) throw refusal("a string with half a surrogate pair")
  return value
}

function refusal(what: string): HoldfastError {
  return new HoldfastError("VALUE_NOT_ENCODABLE", `The codec text() cannot carry \`value\`, which is ${what}.`, {
    facts: { codec: "text", path: "value" },
  })
}

/** Whether UTF-8 gives this text back. */
export function isWellFormed(text: string): boolean {
  // Every Node that Holdfast supports has it; the language level that it is compiled for does not name it yet.
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
