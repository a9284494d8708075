import type { Store } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { freshness } from "../entry/freshness.ts"
import { decodeVersion } from "../entry/version.ts"
import type { CacheSettings } from "./cache-settings.ts"
import { readEntry } from "./entry-reader.ts"

/** What is known of one key, for a person or a tool. Holds no value. */
export interface Explanation {
  /** Name of the cache. */
  readonly cache: string
  /** The keys in the store, and the hash slot that they share. */
  readonly keys: { readonly value: string; readonly control: string; readonly slot: number }
  /** `undelivered`: an invalidation waits for the store, so this process reads the source. */
  readonly state: "fresh" | "stale" | "absent" | "unreadable" | "foreign" | "undelivered"
  /** Why an entry is unreadable. */
  readonly why?: string
  /** Whether the entry says "not in the source". */
  readonly negative?: boolean
  /** Size of the entry in the store, envelope included. */
  readonly bytes?: number
  /** Milliseconds since the load or write that made the entry. */
  readonly ageMs?: number
  /** Milliseconds until the ttl ends; negative when it has ended. */
  readonly freshForMs?: number
  /** Milliseconds until the server drops the entry. */
  readonly keptForMs?: number | undefined
  /** How long its load took, in milliseconds. */
  readonly loadCostMs?: number
  /** Its version as text, if the cache has versions. */
  readonly version?: string | undefined
  /** The load under way in some process, if any. */
  readonly lease: { readonly remainingMs: number } | undefined
  /** The writes under way; after an overlapped one nothing is stored. */
  readonly windows: readonly { readonly remainingMs: number; readonly overlapped: boolean }[]
  /** The newest version that is known to be outdated: older ones are refused meanwhile. */
  readonly tombstone: { readonly version: string; readonly remainingMs: number } | undefined
}

export async function explain<V>(
  settings: CacheSettings<never, V>,
  store: Store,
  address: EntryAddress,
  undelivered: boolean,
): Promise<Explanation> {
  const { bytes, keepMs, lease, windows, tombstone } = await store.inspect(address)
  const keys = { value: address.value, control: address.control, slot: address.slot }
  const outdated = tombstone && { ...tombstone, version: decodeVersion(tombstone.version) }
  const common = { cache: settings.name, keys, lease, windows, tombstone: outdated }
  const reading = readEntry(settings, address, bytes)
  if (reading.is === "absent") return { ...common, state: undelivered ? "undelivered" : "absent" }
  const stored = { bytes: bytes?.length ?? 0, keptForMs: keepMs }
  if (reading.is === "foreign") return { ...common, ...stored, state: "foreign" }
  if (reading.is === "other-shape") return { ...common, ...stored, state: "unreadable", why: "shape" }
  if (reading.is === "dead") return { ...common, ...stored, state: "unreadable", why: reading.why }
  const nowMs = store.now(address)
  return {
    ...common,
    ...stored,
    state: undelivered ? "undelivered" : freshness(reading, nowMs),
    negative: reading.value === undefined,
    ageMs: nowMs - reading.createdMs,
    freshForMs: reading.freshUntilMs - nowMs,
    loadCostMs: reading.costUs / 1000,
    version: reading.version && decodeVersion(reading.version),
  }
}
