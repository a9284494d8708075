import { entryIdOf, openEnvelope } from "../entry/envelope.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheSettings } from "./cache-settings.ts"

/**
 * What stored bytes mean to one cache. `dead` entries count as absent, and LEASE is told their id.
 * `other-shape` is whole, and belongs to a deploy with another shape or codec.
 */
export type Reading<V> =
  | {
      readonly is: "entry"
      readonly value: V | undefined
      readonly freshUntilMs: number
      readonly createdMs: number
      readonly costUs: number
      readonly version: string | undefined
    }
  | { readonly is: "absent" }
  | { readonly is: "foreign"; readonly id: string | undefined }
  | { readonly is: "other-shape"; readonly id: string | undefined; readonly createdMs: number }
  | { readonly is: "dead"; readonly id: string | undefined; readonly why: string }

/** Opens an envelope, checks that it is this key's (R8), and decodes the value. */
export function readEntry<V>(
  settings: Pick<CacheSettings<never, V>, "codec" | "shape">,
  address: EntryAddress,
  bytes: Buffer | undefined,
): Reading<V> {
  if (bytes === undefined) return { is: "absent" }
  const opened = openEnvelope(bytes, address, settings.shape)
  if (opened.is === "foreign") return { is: "foreign", id: entryIdOf(bytes) }
  if (opened.is === "other-shape") return { is: "other-shape", id: entryIdOf(bytes), createdMs: opened.createdMs }
  if (opened.is === "broken") return { is: "dead", id: entryIdOf(bytes), why: opened.why }
  const { freshUntilMs, createdMs, costUs, version } = opened
  if (opened.negative) return { is: "entry", value: undefined, freshUntilMs, createdMs, costUs, version }
  try {
    const value = settings.codec.decode(opened.payload, opened.payloadStart)
    return { is: "entry", value, freshUntilMs, createdMs, costUs, version }
  } catch {
    return { is: "dead", id: entryIdOf(bytes), why: "codec" }
  }
}
