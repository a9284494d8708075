import { createHash } from "node:crypto"

const digests = new Map<string, string>()

/** SHA-1 in hex; there are few texts. */
export function digestOf(text: string): string {
  let digest = digests.get(text)
  if (digest === undefined) {
    digest = createHash("sha1").update(text).digest("hex")
    digests.set(text, digest)
  }
  return digest
}
