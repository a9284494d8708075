/** What paces a {@link ScanPace}. */
export interface ScanPaceOptions {
  /** How long one step may keep a server busy, in milliseconds. */
  readonly budgetMs: number
  /** Share of the time for which it may be busy, above 0 and up to 1. */
  readonly share: number
}

const [countMin, countFirst, countMax] = [10, 100, 10_000]
/** How much larger the next step may be, and how much smaller. */
const growth = 2
const shrinkage = 0.25
/** Answers that are remembered. */
const rememberedMax = 8
/** So many of them may have cost less than what is reckoned with: where a server is busy they all take long, where this process is only some. */
const cheaperMax = 2

/**
 * Fits steps of work to what a server has time for: how much to ask for at one time, and how long to rest after it. What the fastest
 * round trip took is the way there and back, and not work; the rest of each is. A process that is held up itself sees answers late:
 * so what one of a step costs is taken from the faster ones of the last answers.
 */
export class ScanPace {
  readonly #options: ScanPaceOptions
  readonly #costsMs: number[] = []
  #fastestMs = Infinity
  #restMs = 0
  #count = countFirst

  constructor(options: ScanPaceOptions) {
    this.#options = options
  }

  /** How much to ask for next: 10 to 10,000. */
  get count(): number {
    return Math.round(this.#count)
  }

  /** Says that what was asked for has come after so long, in milliseconds. */
  answered(tookMs: number): void {
    const { budgetMs, share } = this.#options
    if (tookMs > this.#fastestMs) this.#remember((tookMs - this.#fastestMs) / this.count)
    this.#fastestMs = Math.min(this.#fastestMs, tookMs)
    const costMs = this.#costMs
    this.#restMs += (costMs * this.count * (1 - share)) / share
    const wanted = costMs === 0 ? Infinity : budgetMs / costMs
    this.#count = Math.min(countMax, wanted, this.#count * growth)
    this.#count = Math.max(countMin, this.#count)
  }

  /** Says that it has not come in time. */
  missed(): void {
    this.#count = Math.max(countMin, this.#count * shrinkage)
  }

  /** How long to rest now, in milliseconds: less than one is put off, because timers know no less. */
  rest(): number {
    const restMs = this.#restMs < 1 ? 0 : this.#restMs
    this.#restMs -= restMs
    return restMs
  }

  /** What one costs, in milliseconds. */
  get #costMs(): number {
    const sorted = this.#costsMs.toSorted((a, b) => a - b)
    return sorted[Math.min(cheaperMax, sorted.length - 1)] ?? 0
  }

  #remember(costMs: number): void {
    this.#costsMs.push(costMs)
    if (this.#costsMs.length > rememberedMax) this.#costsMs.shift()
  }
}
