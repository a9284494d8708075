import { entryIdOf, openEnvelope, type Opened } from "../entry/envelope.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { TagStamp } from "../entry/tag-stamp.ts"
import type { CacheSettings } from "./cache-settings.ts"

/**
 * What stored bytes mean to one cache. `dead` entries count as absent, and LEASE is told their id.
 * `other-shape` is whole, and belongs to a deploy with another shape or codec.
 */
export type Reading<V> =
  | EntryReading<V>
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
  try {
    const value = opened.negative ? undefined : settings.codec.decode(opened.payload, opened.payloadStart)
    return new EntryReading(bytes, opened, value)
  } catch {
    return { is: "dead", id: entryIdOf(bytes), why: "codec" }
  }
}

/** An entry that can be served, if its time and its tags say so. */
export class EntryReading<V> {
  readonly is = "entry"
  readonly value: V | undefined
  readonly freshUntilMs: number
  readonly createdMs: number
  readonly costUs: number
  readonly version: string | undefined
  readonly stamp: TagStamp | undefined
  /** Of the server that it was stored on, if its cache is strict. */
  readonly run: string | undefined
  readonly #bytes: Buffer

  constructor(bytes: Buffer, opened: Extract<Opened, { is: "entry" }>, value: V | undefined) {
    this.#bytes = bytes
    this.value = value
    this.freshUntilMs = opened.freshUntilMs
    this.createdMs = opened.createdMs
    this.costUs = opened.costUs
    this.version = opened.version
    this.stamp = opened.stamp
    this.run = opened.run
  }

  /** Asked for only when the entry is not served. */
  get id(): string | undefined {
    return entryIdOf(this.#bytes)
  }
}
