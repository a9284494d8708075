import { setMaxListeners } from "node:events"
import type { Clock } from "../../contracts/clock.ts"
import { BatchPartialError } from "../../errors/batch-partial-error.ts"
import { invalidOption } from "../../errors/option-checks.ts"
import type { CallOptions } from "../cache-options.ts"
import { callLimits, detachable } from "../caller.ts"
import type { EntryReference } from "./entry-reference.ts"

/** The values of entries, in their order. */
export type ValuesOf<Entries extends readonly EntryReference<unknown>[]> = {
  -readonly [At in keyof Entries]: Entries[At] extends EntryReference<infer V> ? V | undefined : never
}

/**
 * Reads entries of several caches in one turn, so that their looks leave together. Rejects with `BATCH_PARTIAL` if any could not be
 * read, its keys being positions; with what ends the call of this caller; and with `INVALID_OPTION` or `INVALID_DURATION` before any is read.
 */
export async function readTogether<Entries extends readonly EntryReference<unknown>[]>(
  entries: Entries,
  options: CallOptions | undefined,
  clock: Clock,
): Promise<ValuesOf<Entries>> {
  assertEntries(entries)
  const limits = options && callLimits(options, "getTogether")
  limits?.signal?.throwIfAborted()
  if (limits === undefined) return readAll(entries, undefined)
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  return detachable(clock, readAll(entries, { signal: leaving.signal }), limits, () => leaving.abort())
}

async function readAll<Entries extends readonly EntryReference<unknown>[]>(
  entries: Entries,
  options: CallOptions | undefined,
): Promise<ValuesOf<Entries>> {
  const reads = await Promise.allSettled(entries.map(async (entry) => entry.get(options)))
  const values = new Map<number, unknown>()
  const errors = new Map<number, unknown>()
  for (const [at, read] of reads.entries()) {
    if (read.status === "fulfilled") values.set(at, read.value)
    else errors.set(at, read.reason)
  }
  if (errors.size > 0) throw new BatchPartialError<number>(values, errors)
  return [...values.values()] as ValuesOf<Entries>
}

function assertEntries(entries: unknown): void {
  if (!Array.isArray(entries))
    throw invalidOption("entries", "must be an array of entries, such as `[cache.entry(key)]`.")
  const at = entries.findIndex((entry) => !isEntry(entry))
  if (at === -1) return
  throw invalidOption(
    "entries",
    `holds no entry at position ${at}: put \`cache.entry(key)\` there, and no key, no cache, and not what \`get\` answers.`,
  )
}

/** By shape: tests may hand in their own, and `get` alone a cache has, too. */
function isEntry(entry: unknown): boolean {
  const { get, storeKey } = Object(entry) as Partial<EntryReference<unknown>>
  return typeof get === "function" && typeof storeKey === "string"
}
