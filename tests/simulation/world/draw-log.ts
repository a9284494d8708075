/** What a generator gave, and when. */
export interface Draw {
  readonly atMs: number
  readonly drawn: number
}

/** More than a process draws while it waits for a command. */
const kept = 200

/** What the generator of one process gave lately. */
export class DrawLog {
  /** How much it has given in all. */
  count = 0
  readonly #draws: Draw[] = []

  add(draw: Draw): void {
    this.count += 1
    this.#draws.push(draw)
    if (this.#draws.length > kept) this.#draws.shift()
  }

  /** What came after so many. */
  after(count: number): readonly Draw[] {
    return count === this.count ? [] : this.#draws.slice(count - this.count)
  }

  between(fromMs: number, toMs: number): readonly Draw[] {
    return this.#draws.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
  }
}
