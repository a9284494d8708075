import type { Kind, Source } from "./workload.ts"

/** A way to change rows that are cached in Redis, ready to be measured. */
export interface Writing {
  /** Changes a row in the source, and tells the cache. */
  write(id: number): Promise<unknown>
  /** Changes several at once. */
  writeMany(ids: readonly number[]): Promise<unknown>
  /** Reads a row through the cache. */
  read(id: number): Promise<unknown>
  close(): Promise<void>
}

/** Who is measured. `peer` is the candidate that its ratio is taken against. */
export interface Candidate {
  readonly id: string
  readonly peer: string | undefined
  /** What it is measured in. */
  readonly kinds: readonly Kind[]
  open(url: string, source: Source): Promise<Writing>
}
