import { BatchPartialError } from "../../errors/batch-partial-error.ts"
import { hasCode } from "../../errors/holdfast-error.ts"
import type { CallOptions } from "../cache-options.ts"
import type { EntryReference } from "./entry-reference.ts"

/** The values of entries, in their order. */
export type ValuesOf<Entries extends readonly EntryReference<unknown>[]> = {
  -readonly [At in keyof Entries]: Entries[At] extends EntryReference<infer V> ? V | undefined : never
}

/**
 * Reads entries of several caches in one turn, so that their looks leave together. Rejects with `BATCH_PARTIAL` if any could not be
 * read, its keys being positions, and with what ends the call of this caller.
 */
export async function readTogether<Entries extends readonly EntryReference<unknown>[]>(
  entries: Entries,
  options: CallOptions | undefined,
): Promise<ValuesOf<Entries>> {
  const reads = await Promise.allSettled(Array.from(entries, (entry) => entry.get(options)))
  const values = new Map<number, unknown>()
  const errors = new Map<number, unknown>()
  for (const [at, read] of reads.entries()) {
    if (read.status === "fulfilled") values.set(at, read.value)
    else errors.set(at, read.reason)
  }
  if (errors.size === 0) return [...values.values()] as ValuesOf<Entries>
  options?.signal?.throwIfAborted()
  const timedOut = [...errors.values()].find((error) => hasCode(error, "CALL_TIMEOUT"))
  if (options?.timeout !== undefined && timedOut !== undefined) throw timedOut
  throw new BatchPartialError<number>(values, errors)
}
