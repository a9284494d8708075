import type { EntryAddress } from "../entry/key.ts"
import { freshness } from "../entry/freshness.ts"
import { decodeVersion } from "../entry/version.ts"
import type { CacheSettings } from "./cache-settings.ts"
import { readEntry } from "./entry-reader.ts"
import type { Parts } from "./parts.ts"
import type { TagJudge, TagState } from "./tags/tag-judge.ts"

/** What is known of one key, for a person or a tool. Holds no value. */
export interface Explanation {
  /** Name of the cache. */
  readonly cache: string
  /** The keys in the store, the hash slot that they share, and the group that puts them there, if the cache has `group`. */
  readonly keys: { readonly value: string; readonly control: string; readonly slot: number; readonly group?: string }
  /**
   * `dead`: made a miss by `clear`, its group or a tag. `undelivered`: an invalidation of the key waits for the store, so this process reads
   * the source.
   */
  readonly state: "fresh" | "stale" | "dead" | "absent" | "unreadable" | "foreign" | "undelivered"
  /** Why an entry is unreadable, or dead: `clear`, `group`, `tag`, or `clock` if it has not recorded the tag clock. */
  readonly why?: string
  /** Whether the entry says "not in the source". */
  readonly negative?: boolean
  /** Size of the entry in the store, envelope included. */
  readonly bytes?: number
  /** Milliseconds since the load or write that made the entry. */
  readonly ageMs?: number
  /** Milliseconds until the ttl ends; negative when it has ended. Absent if the entry is dead. */
  readonly freshForMs?: number
  /** Milliseconds until the server drops the entry. */
  readonly keptForMs?: number | undefined
  /** How long its load took, in milliseconds; of an entry that was written, what loads of its cache took then; 0: none had been measured. */
  readonly loadCostMs?: number
  /** Its version as text, if the cache has versions. */
  readonly version?: string | undefined
  /** Its tags, and what became of each since its load began; `missing` ones were evicted, or belong to an era that is gone. */
  readonly tags?: readonly { readonly tag: string; readonly state: TagState }[]
  /** The load under way in some process, if any. */
  readonly lease: { readonly remainingMs: number } | undefined
  /** The writes under way; after an overlapped one nothing is stored. */
  readonly windows: readonly { readonly remainingMs: number; readonly overlapped: boolean }[]
  /** The newest version that is known to be outdated: older ones are refused meanwhile. */
  readonly tombstone: { readonly version: string; readonly remainingMs: number } | undefined
}

export async function explain<V>(
  settings: CacheSettings<never, V>,
  { store, journal }: Parts,
  judge: TagJudge,
  address: EntryAddress,
): Promise<Explanation> {
  const undelivered = journal.holds(address.value)
  const { bytes, keepMs, lease, windows, tombstone } = await store.inspect(address)
  const { value, control, slot, group } = address
  const keys = { value, control, slot, ...(group !== undefined && { group }) }
  const outdated = tombstone && { ...tombstone, version: decodeVersion(tombstone.version) }
  const common = { cache: settings.name, keys, lease, windows, tombstone: outdated }
  const reading = readEntry(settings, address, bytes)
  if (reading.is === "absent") return { ...common, state: undelivered ? "undelivered" : "absent" }
  const stored = { bytes: bytes?.length ?? 0, keptForMs: keepMs }
  if (reading.is === "foreign") return { ...common, ...stored, state: "foreign" }
  if (reading.is === "other-shape") return { ...common, ...stored, state: "unreadable", why: "shape" }
  if (reading.is === "dead") return { ...common, ...stored, state: "unreadable", why: reading.why }
  const nowMs = store.now(address)
  const { why, tags } = await judge.explain(address, reading.stamp)
  const state = why === undefined ? freshness(reading, nowMs) : "dead"
  return {
    ...common,
    ...stored,
    state: undelivered ? "undelivered" : state,
    ...(why && { why }),
    tags,
    negative: reading.value === undefined,
    ageMs: nowMs - reading.createdMs,
    ...(why === undefined && { freshForMs: reading.freshUntilMs - nowMs }),
    loadCostMs: reading.costUs / 1000,
    version: reading.version && decodeVersion(reading.version),
  }
}
