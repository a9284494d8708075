import type { Random } from "../contracts/random.ts"
import type { StoredEntry } from "../contracts/store.ts"
import { sealEnvelope } from "../entry/envelope.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { EntryAge } from "../policy/early-refresh.ts"
import type { TagStamp } from "../entry/tag-stamp.ts"
import { errorOfCache } from "../errors/error-owner.ts"
import { jittered } from "../policy/jitter.ts"
import type { CacheSettings } from "./cache-settings.ts"

/** A value on its way into the store; `value` undefined means "not in the source". */
export interface NewEntry<V> {
  readonly address: EntryAddress
  /** 32 hex characters: the token of the lease or window that stores it. */
  readonly id: string
  readonly value: V | undefined
  readonly nowMs: number
  readonly costMs: number
  readonly stamp: TagStamp
  /** Of the server that it is stored on, if its cache is strict (R6). */
  readonly run?: string | undefined
  /** How long it is fresh or remembered, if whoever loaded it has said so. */
  readonly ttlMs?: number | undefined
}

/** `not-stored` carries why: negatives switched off, or a value above `maxValueBytes`. */
export type Sealed =
  | { readonly is: "sealed"; readonly entry: StoredEntry; readonly age: EntryAge }
  | { readonly is: "not-stored"; readonly why: "negative" | "too-large"; readonly bytes: number }

/** Encodes a value with its envelope. Throws `VALUE_NOT_ENCODABLE` or `INVALID_VERSION`. */
export function sealEntry<V>(settings: CacheSettings<never, V>, random: Random, entry: NewEntry<V>): Sealed {
  const { address, id, value, nowMs, costMs } = entry
  const negative = value === undefined
  const baseTtlMs = entry.ttlMs ?? (negative ? settings.negativeTtlMs : settings.ttlMs)
  if (baseTtlMs === undefined) return { is: "not-stored", why: "negative", bytes: 0 }
  const payload = negative ? undefined : encoded(settings, value)
  const bytes = payload === undefined ? 0 : sizeOf(payload)
  if (bytes > settings.maxValueBytes) return { is: "not-stored", why: "too-large", bytes }
  const life = lifeOf(settings, random, { ttlMs: baseTtlMs, nowMs, negative })
  const costUs = Math.min(0xffff_ffff, Math.round(costMs * 1000))
  const age = { createdMs: Math.round(nowMs), freshUntilMs: life.freshUntilMs, costUs }
  const sealed = sealEnvelope(
    {
      address,
      id,
      ...age,
      shape: settings.shape,
      version: negative ? undefined : settings.versionOf?.(value),
      stamp: entry.stamp,
      run: entry.run,
      negative,
    },
    payload,
  )
  return { is: "sealed", age, entry: { bytes: sealed, keepMs: life.keepMs } }
}

/** Throws what the codec throws, naming the cache. */
export function encoded<V>({ codec, name }: CacheSettings<never, V>, value: V): string | Uint8Array {
  try {
    return codec.encode(value)
  } catch (error) {
    throw errorOfCache(name, error)
  }
}

/** How long an entry lives from now: its ttl, shortened by jitter, and then its grace, which absences do not have. */
export function lifeOf(
  settings: Pick<CacheSettings<never, never>, "jitterShare" | "graceMs">,
  random: Random,
  { ttlMs: baseTtlMs, nowMs, negative }: { readonly ttlMs: number; readonly nowMs: number; readonly negative: boolean },
): { readonly freshUntilMs: number; readonly keepMs: number } {
  const ttlMs = Math.max(1, Math.round(jittered(baseTtlMs, settings.jitterShare, random)))
  return { freshUntilMs: Math.round(nowMs) + ttlMs, keepMs: negative ? ttlMs : ttlMs + settings.graceMs }
}

/** In bytes. */
export function sizeOf(payload: string | Uint8Array): number {
  return typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength
}
