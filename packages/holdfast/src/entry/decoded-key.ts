/** What can be told of a key by its text in the store. */
export type DecodedKey =
  | { readonly is: "text"; readonly key: string }
  | { readonly is: "tuple"; readonly key: readonly string[] }
  /** Only a hash of it is there, and the beginning of its text, in parts: an object, or longer than 512 bytes. */
  | { readonly is: "hashed"; readonly head: readonly string[] }

const escape = /%(?:u([0-9A-F]{4})|([0-9A-Fa-f]{2}))/g

/** Reads what `encodeKey` has written; undefined for what it never writes. */
export function decodeKey(text: string): DecodedKey | undefined {
  const hashAt = text.indexOf("~")
  const parts = (hashAt < 0 ? text : text.slice(0, hashAt)).split(":").map(decodePart)
  if (!parts.every((part) => part !== undefined)) return undefined
  if (hashAt >= 0) return { is: "hashed", head: parts }
  if (text === ":") return { is: "tuple", key: [] }
  if (text.endsWith(":")) return parts.length === 2 ? { is: "tuple", key: parts.slice(0, 1) } : undefined
  const [only, ...others] = parts
  return others.length === 0 && only !== undefined ? { is: "text", key: only } : { is: "tuple", key: parts }
}

function decodePart(part: string): string | undefined {
  if (part === "%_") return ""
  const decoded = part.replace(escape, (_all, unit: string | undefined, byte: string) =>
    String.fromCharCode(Number.parseInt(unit ?? byte, 16)),
  )
  return part.replace(escape, "").includes("%") ? undefined : decoded
}
