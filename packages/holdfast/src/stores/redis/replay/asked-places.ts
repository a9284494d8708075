/**
 * Which servers were asked what they know of, each in its run and its history: in a "place". A place that another one has succeeded has to
 * be asked again, and what it acknowledges until then is lost.
 */
export class AskedPlaces {
  readonly #reachMs: number
  /** By node, the place that was asked last. */
  readonly #asked = new Map<string, string>()
  /** Places that another one has succeeded, and since when no slot is there; undefined: not noticed yet. */
  readonly #succeeded = new Map<string, number | undefined>()

  /** @param reachMs after how long without a slot nothing that was sent to a place can be acknowledged any more, in milliseconds */
  constructor(reachMs: number) {
    this.#reachMs = reachMs
  }

  get size(): number {
    return this.#asked.size + this.#succeeded.size
  }

  isAsked(node: string, place: string): boolean {
    return this.#asked.get(node) === place && !this.#succeeded.has(place)
  }

  asked(node: string, place: string): void {
    this.#asked.set(node, place)
    this.#succeeded.delete(place)
  }

  succeeded(place: string): void {
    this.#succeeded.set(place, undefined)
  }

  isSucceeded(place: string): boolean {
    return this.#succeeded.has(place)
  }

  /**
   * Forgets what is not in use any more. Who comes back is asked once more than would be needed.
   *
   * @param nodes that have slots
   * @param places in which they have them
   */
  tidy(nowMs: number, nodes: ReadonlySet<string>, places: ReadonlySet<string>): void {
    for (const [place, unusedMs = nowMs] of this.#succeeded) {
      if (nowMs - unusedMs <= this.#reachMs) this.#succeeded.set(place, places.has(place) ? undefined : unusedMs)
      else this.#forget(place)
    }
    for (const node of this.#asked.keys()) if (!nodes.has(node)) this.#asked.delete(node)
  }

  #forget(succeeded: string): void {
    this.#succeeded.delete(succeeded)
    for (const [node, place] of this.#asked) if (place === succeeded) this.#asked.delete(node)
  }
}
