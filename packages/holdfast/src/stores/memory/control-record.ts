import type { Inspection } from "../../contracts/store.ts"

/**
 * What is under way for one key: the in-process twin of `scripts/includes/control-record.lua` and `void.lua`.
 * Records are values; every change makes a new one.
 */
export interface ControlRecord {
  readonly lease: Lease | undefined
  readonly windows: readonly Window[]
  readonly tombstone: { readonly version: string; readonly deadlineMs: number } | undefined
  /** When the record of a strict entry was made, and until when it lives at least. */
  readonly strict?: { readonly birthMs: number; readonly untilMs: number } | undefined
}

export interface Lease {
  readonly token: string
  readonly deadlineMs: number
  /** Whether somebody was told to wait for it. */
  readonly waited: boolean
}

export interface Window {
  readonly id: string
  readonly deadlineMs: number
  readonly overlapped: boolean
}

export const emptyRecord: ControlRecord = { lease: undefined, windows: [], tombstone: undefined }

/**
 * The record without what has ended. A lease past its deadline stays until it is replaced, and keeps the tombstone:
 * a load that began under a tombstone is judged by it, however long it takes.
 */
export function pruned(record: ControlRecord, nowMs: number): ControlRecord {
  const { lease, tombstone, strict } = record
  return {
    lease,
    strict,
    windows: record.windows.filter((window) => window.deadlineMs >= nowMs),
    tombstone:
      lease !== undefined || (tombstone !== undefined && tombstone.deadlineMs >= nowMs) ? tombstone : undefined,
  }
}

/** The record with one more window: all that are open with another overlap each other. */
export function opened(record: ControlRecord, { id, deadlineMs }: Omit<Window, "overlapped">): ControlRecord {
  const others = record.windows.filter((window) => window.id !== id).map((window) => ({ ...window, overlapped: true }))
  const own = { id, deadlineMs, overlapped: record.windows.length > 0 }
  return { ...record, windows: [...others, own] }
}

/** The record with a window prolonged; undefined if it is not on record. */
export function extended(record: ControlRecord, by: Omit<Window, "overlapped">): ControlRecord | undefined {
  if (!record.windows.some((window) => window.id === by.id)) return undefined
  const windows = record.windows.map((window) =>
    window.id === by.id ? { ...window, deadlineMs: Math.max(window.deadlineMs, by.deadlineMs) } : window,
  )
  return { ...record, windows }
}

/** The record after an invalidation or a write: no lease, and no open window may store. */
export function voided(record: ControlRecord): ControlRecord {
  const windows = record.windows.map((window) => ({ ...window, overlapped: true }))
  return { ...record, lease: undefined, windows }
}

/** The record with its tombstone raised to a version and prolonged. It never falls. */
export function raised(record: ControlRecord, version: string | undefined, deadlineMs: number): ControlRecord {
  const known = record.tombstone
  const highest = known === undefined || (version !== undefined && version > known.version) ? version : known.version
  if (highest === undefined) return record
  const tombstone = { version: highest, deadlineMs: Math.max(known?.deadlineMs ?? 0, deadlineMs) }
  return { ...record, tombstone }
}

/** When the last thing on record ends; 0 if there is nothing. */
export function lastDeadlineOf({ lease, windows, tombstone, strict }: ControlRecord): number {
  const deadlines = windows.map((window) => window.deadlineMs)
  return Math.max(lease?.deadlineMs ?? 0, tombstone?.deadlineMs ?? 0, strict?.untilMs ?? 0, ...deadlines)
}

/** Whether something newer than this version is known. See `scripts/includes/versions.lua`. */
export function isOlder(
  version: string | undefined,
  { tombstone }: ControlRecord,
  stored: string | undefined,
): boolean {
  if (version === undefined) return tombstone !== undefined
  if (tombstone !== undefined && version < tombstone.version) return true
  return stored !== undefined && version < stored
}

/** What is on record, for a person who looks at it. */
export function remaining(
  { lease, windows, tombstone }: ControlRecord,
  nowMs: number,
): Pick<Inspection, "lease" | "windows" | "tombstone"> {
  return {
    lease: lease && { remainingMs: lease.deadlineMs - nowMs },
    windows: windows.map(({ deadlineMs, overlapped }) => ({ remainingMs: deadlineMs - nowMs, overlapped })),
    tombstone: tombstone && { version: tombstone.version, remainingMs: tombstone.deadlineMs - nowMs },
  }
}
