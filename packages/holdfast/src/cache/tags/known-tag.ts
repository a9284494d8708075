import type { Doubts, Witness } from "../../contracts/coherence.ts"
import type { TagClock } from "../../contracts/tag-store.ts"

/** One tag as it was read under a marker, and what was heard of it since. Once dead it stays so: a new read makes a new one. */
export class KnownTag {
  readonly witness: Witness
  readonly fence: number
  readonly #doubts: Doubts
  #readMs: number
  #clock: TagClock | "dead"
  #isDoubted = false

  /**
   * @param doubts told when it changes
   * @param readMs monotonic time of the read, in milliseconds
   */
  constructor(witness: Witness, clock: TagClock, doubts: Doubts, readMs = 0) {
    this.#doubts = doubts
    this.#readMs = readMs
    this.witness = witness
    this.fence = witness.fence
    this.#clock = clock
  }

  /** Monotonic time of the latest read, in milliseconds. */
  get readMs(): number {
    return this.#readMs
  }

  /** It was read again under a marker. True if that is more of the same: those who hold on to it may go on; else it is another one. */
  readAgain(witness: Witness, clock: TagClock, readMs: number): boolean {
    const known = this.#clock
    const isSame = this.witness === witness && this.fence === witness.fence
    if (!isSame || known === "dead" || known.era !== clock.era) return false
    this.raise(clock)
    this.#readMs = readMs
    this.#isDoubted = false
    return true
  }

  /** When it was invalidated last, or made; dead: nothing is known any more. */
  get clock(): TagClock | "dead" {
    return this.#clock
  }

  get isDoubted(): boolean {
    return this.#isDoubted
  }

  /** Whether what is known here was true at most this long ago. Times are monotonic, in milliseconds. */
  isProved(nowMs: number, maxStalenessMs: number): boolean {
    const { witness, fence } = this
    if (this.#clock === "dead" || this.#isDoubted) return false
    return witness.fence === fence && nowMs - witness.provedMs <= maxStalenessMs
  }

  /** Whether it is proved that an entry which has recorded this clock was not invalidated by this tag up to `maxStalenessMs` ago. */
  covers(clock: TagClock, nowMs: number, maxStalenessMs: number): boolean {
    const known = this.#clock
    if (known === "dead" || known.era !== clock.era || known.counter > clock.counter) return false
    return this.isProved(nowMs, maxStalenessMs)
  }

  /** The tag was invalidated or made anew at this clock. */
  raise(clock: TagClock): void {
    const known = this.#clock
    if (known === "dead") return
    if (known.era !== clock.era) this.#become("dead")
    else if (known.counter < clock.counter) this.#become(clock)
  }

  /** It may have changed in a way that nobody has told: it proves nothing until it is read again. */
  doubt(): void {
    this.#isDoubted = true
    this.#doubts.count += 1
  }

  drop(): void {
    this.#become("dead")
  }

  #become(clock: TagClock | "dead"): void {
    this.#clock = clock
    this.#doubts.count += 1
  }
}
