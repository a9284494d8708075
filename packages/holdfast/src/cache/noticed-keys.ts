/** Keys with something odd about them, and since when; bounded, because odd keys may be many. */
export class NoticedKeys {
  readonly #since = new Map<string, number>()
  readonly #limit: number

  /** @param limit keys remembered; above it all are forgotten, which at worst repeats a notice */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Milliseconds since the key was first noticed; 0 the first time, and again once `forgetAfterMs` have passed. */
  ageMs(key: string, nowMs: number, forgetAfterMs: number): number {
    const since = this.#since.get(key)
    if (since !== undefined && nowMs - since < forgetAfterMs) return nowMs - since
    if (this.#since.size >= this.#limit) this.#since.clear()
    this.#since.set(key, nowMs)
    return 0
  }
}
