/** Keys that are left alone for a while; bounded, because a source that is away may make many. */
export class RestingKeys {
  readonly #untilMs = new Map<string, number>()
  readonly #limit: number

  /** @param limit keys remembered; above it all are forgotten, which at worst tries them once more */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @param untilMs monotonic time in milliseconds */
  rest(key: string, untilMs: number): void {
    if (this.#untilMs.size >= this.#limit) this.#untilMs.clear()
    this.#untilMs.set(key, untilMs)
  }

  isResting(key: string, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(key)
    if (untilMs === undefined || nowMs < untilMs) return untilMs !== undefined
    this.#untilMs.delete(key)
    return false
  }
}
