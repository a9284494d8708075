/** Members with scores, by their scores and then by their bytes; never changed, only replaced. */
export class ScoredSet {
  readonly members: readonly (readonly [member: string, score: number])[]
  readonly #scores: ReadonlyMap<string, number>

  constructor(scores: ReadonlyMap<string, number> = new Map()) {
    this.#scores = scores
    this.members = [...scores].toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y))
  }

  scoreOf(member: string): number | undefined {
    return this.#scores.get(member)
  }

  with(added: readonly (readonly [member: string, score: number])[]): ScoredSet {
    return new ScoredSet(new Map([...this.#scores, ...added]))
  }

  without(removed: readonly string[]): ScoredSet {
    return new ScoredSet(new Map([...this.#scores].filter(([member]) => !removed.includes(member))))
  }
}
