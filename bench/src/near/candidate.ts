/** Values in the process's own memory, bounded where the library can be. */
export interface NearCache {
  set(key: string, value: unknown): Promise<unknown>
  /** Answers a stored value. What is awaited is the library's own promise, or one around its answer. */
  get(key: string): Promise<unknown>
  close(): Promise<void>
}

/** Who is measured. */
export interface NearCandidate {
  readonly id: string
  /** @param maxEntries as many as will be stored, so that nothing is evicted */
  open(maxEntries: number): Promise<NearCache>
  /** The same without the near cache: what it stores beneath is not counted as the memory of a near entry. */
  beneath?(maxEntries: number): Promise<NearCache>
}

export const ttlMs = 600_000
/** For what needs no closing. */
export const nothingToClose = async (): Promise<void> => {}
