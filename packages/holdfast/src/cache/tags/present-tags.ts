/** Tags that were seen in the store, and until when they stay there unless they are evicted. Bounded. */
export class PresentTags {
  readonly #untilMs = new Map<string, number>()
  readonly #limit: number

  /** @param limit tags remembered; above it all are forgotten, which costs looking after them once more */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the tag outlives what ends at this monotonic time in milliseconds. */
  outlives(key: string, untilMs: number): boolean {
    const known = this.#untilMs.get(key)
    return known !== undefined && known >= untilMs
  }

  remember(key: string, untilMs: number): void {
    if (this.outlives(key, untilMs)) return
    if (this.#untilMs.size >= this.#limit && !this.#untilMs.has(key)) this.#untilMs.clear()
    this.#untilMs.set(key, untilMs)
  }

  forget(key: string): void {
    this.#untilMs.delete(key)
  }
}
