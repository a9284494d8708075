/** Who changes a key now. Whoever dies with it keeps it. */
export class KeyLocks {
  readonly #changing = new Map<number, number>()
  readonly #alone = new Set<number>()

  /** Answers whether the key may be changed now. */
  enter(key: number, isAlone: boolean): boolean {
    const changing = this.#changing.get(key) ?? 0
    if (this.#alone.has(key) || (isAlone && changing > 0)) return false
    this.#changing.set(key, changing + 1)
    if (isAlone) this.#alone.add(key)
    return true
  }

  leave(key: number): void {
    this.#changing.set(key, (this.#changing.get(key) ?? 1) - 1)
    this.#alone.delete(key)
  }
}
