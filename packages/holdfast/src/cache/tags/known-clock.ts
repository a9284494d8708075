import type { Clock } from "../../contracts/clock.ts"
import type { Witness } from "../../contracts/coherence.ts"
import type { TagClock, TagStore } from "../../contracts/tag-store.ts"

/**
 * How long a clock is used that nobody hears the changes of, in milliseconds. It could be used for ever, because an older clock is
 * safe; but an entry is dead from the start if a tag of it is made, or was invalidated, after the clock that it records.
 */
const unwatchedMs = 1000

interface Known {
  clock: TagClock
  /** When its read was sent. */
  readonly sentMs: number
  readonly witness: Witness | undefined
  readonly fence: number | undefined
}

interface Reading {
  readonly sentMs: number
  readonly answer: Promise<TagClock>
}

/** The tag clock as this process knows it: never later than it is, so that what records it can only be judged too harshly. */
export class KnownClock {
  readonly #store: Pick<TagStore, "readTagClock">
  readonly #time: Pick<Clock, "monotonic">
  readonly #witness: () => Witness | undefined
  #known: Known | undefined
  #reading: Reading | undefined
  /** A read that is not sent yet. */
  #anew: Promise<TagClock> | undefined
  #distrustedMs = -Infinity

  /** @param witness who vouches for the slot of the clock now */
  constructor(
    store: Pick<TagStore, "readTagClock">,
    time: Pick<Clock, "monotonic">,
    witness: () => Witness | undefined,
  ) {
    this.#store = store
    this.#time = time
    this.#witness = witness
  }

  /** What is known, else what is read. A read under way is shared: what it finds is older, and so safe. Rejects as the store does. */
  get(): TagClock | Promise<TagClock> {
    return this.known ?? (this.#reading ??= this.#read()).answer
  }

  /**
   * The same for an entry that carries a tag which may be new, and must not be later than the clock that the entry records: what is known
   * counts only while its changes are heard.
   */
  getLate(): TagClock | Promise<TagClock> {
    return this.#known?.witness === undefined ? (this.#reading ??= this.#read()).answer : this.get()
  }

  get known(): TagClock | undefined {
    const known = this.#known
    if (known === undefined) return undefined
    const { witness, fence, sentMs } = known
    const isHeard = witness?.fence === fence && witness === this.#witness()
    const isKept = witness === undefined ? this.#time.monotonic() - sentMs < unwatchedMs : isHeard
    if (!isKept) this.#known = undefined
    return this.#known?.clock
  }

  /** Reads it, whatever is known: for whom only a clock that was read from now on will do. Those of one turn share the read. */
  readAnew(): Promise<TagClock> {
    this.#anew ??= Promise.resolve().then(() => {
      this.#anew = undefined
      return this.#read().answer
    })
    return this.#anew
  }

  /** A clock was heard of, or acknowledged. It never makes a clock known: only a read does. */
  heard(clock: TagClock): void {
    const known = this.#known
    if (known === undefined) return
    if (known.clock.era !== clock.era) this.#known = undefined
    else if (known.clock.counter < clock.counter) known.clock = clock
  }

  /** An entry was found dead by a look that was sent then: what was read before it may be of an era that is gone, or too old to be of use. */
  distrust(sinceMs: number): void {
    this.#distrustedMs = Math.max(this.#distrustedMs, sinceMs)
    if (this.#known !== undefined && this.#known.sentMs <= sinceMs) this.#known = undefined
    if (this.#reading !== undefined && this.#reading.sentMs <= sinceMs) this.#reading = undefined
  }

  #read(): Reading {
    const witness = this.#witness()
    const sent = { sentMs: this.#time.monotonic(), witness, fence: witness?.fence }
    const forget = (): void => {
      if (this.#reading === reading) this.#reading = undefined
    }
    const learn = (clock: TagClock): TagClock => {
      forget()
      const isOutdated = sent.sentMs <= this.#distrustedMs || sent.sentMs < (this.#known?.sentMs ?? -Infinity)
      if (!isOutdated && witness === this.#witness() && witness?.fence === sent.fence) this.#learn({ ...sent, clock })
      return clock
    }
    const answer = this.#store.readTagClock().then(learn, (error: unknown) => {
      forget()
      throw error
    })
    const reading: Reading = { sentMs: sent.sentMs, answer }
    return reading
  }

  /** What was heard while the read was under way is not unlearned. */
  #learn(read: Known): void {
    const before = this.#known?.clock
    this.#known = read
    if (before !== undefined && before.era === read.clock.era) this.heard(before)
  }
}
