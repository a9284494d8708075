/** Tags that were seen in the store, in which era, and until when they stay there unless they are evicted. Bounded. */
export class PresentTags {
  readonly #seen = new Map<string, { readonly untilMs: number; readonly era: string }>()
  readonly #limit: number

  /** @param limit tags remembered; above it all are forgotten, which costs looking after them once more */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the tag is of this era, and outlives what ends at this monotonic time in milliseconds. */
  outlives(key: string, era: string, untilMs: number): boolean {
    const seen = this.#seen.get(key)
    return seen !== undefined && seen.era === era && seen.untilMs >= untilMs
  }

  remember(key: string, era: string, untilMs: number): void {
    if (this.outlives(key, era, untilMs)) return
    if (this.#seen.size >= this.#limit && !this.#seen.has(key)) this.#seen.clear()
    this.#seen.set(key, { untilMs, era })
  }

  forget(key: string): void {
    this.#seen.delete(key)
  }
}
