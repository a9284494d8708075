import type { Doubts, Witness } from "../contracts/coherence.ts"
import type { NearMarker, TagProof, TagProofs } from "../contracts/near-tier.ts"
import type { TagClock } from "../contracts/tag-store.ts"

/** Who vouches for what an entry depends on: for its key, or for one of its tags. */
interface Word {
  readonly witness: Witness
  readonly fence: number
  /** Undefined for a key: a copy of one that has changed is dropped. */
  readonly clock: TagClock | "dead" | undefined
  readonly isDoubted: boolean
}

/**
 * On whose word an entry is served: one link for its key and one for each of its tags. Entries that rely on the same have the same links.
 * What was found out remains, until there is a doubt: most hits compare two numbers.
 */
export class Standing {
  /** Whether each caller gets a copy of the value. */
  readonly isCloned: boolean
  readonly #word: Word
  /** Of the tag, when the entry was kept. */
  readonly #clock: Word["clock"]
  readonly #beneath: Standing | undefined
  /** Monotonic time in milliseconds until which it is proved, as found when the doubts were so many. */
  #untilMs = -Infinity
  #doubts = -1

  constructor(isCloned: boolean, word: Word, beneath?: Standing) {
    this.isCloned = isCloned
    this.#word = word
    this.#clock = word.clock
    this.#beneath = beneath
  }

  /** Whether it relies on this word, as it is now, and on what is beneath. */
  isOn(word: Word, beneath: Standing): boolean {
    return this.#word === word && this.#clock === word.clock && this.#beneath === beneath
  }

  /** Whether every change up to `maxStalenessMs` ago has been heard, and none of them ends it. */
  isProved(nowMs: number, maxStalenessMs: number, doubts: Doubts): boolean {
    if (doubts.count === this.#doubts && nowMs <= this.#untilMs) return true
    this.#doubts = doubts.count
    this.#untilMs = this.#provedMs() + maxStalenessMs
    return nowMs <= this.#untilMs
  }

  /** Whether nothing can prove it any more. */
  isOver(): boolean {
    return this.#hasEnded() || this.#beneath?.isOver() === true
  }

  /** The oldest proof of all on whom it relies; -Infinity if it is over. */
  #provedMs(): number {
    if (this.#hasEnded() || this.#word.isDoubted) return -Infinity
    const { provedMs } = this.#word.witness
    return this.#beneath === undefined ? provedMs : Math.min(provedMs, this.#beneath.#provedMs())
  }

  /** Whether its own word counts no more, whatever is beneath. */
  #hasEnded(): boolean {
    const { witness, fence, clock } = this.#word
    return fence !== witness.fence || clock !== this.#clock
  }
}

/** Makes {@link Standing}s of one sort, and gives the same one again where it can. */
export class Standings {
  readonly #isCloned: boolean
  /** The last one made of each witness, and of each tag. */
  readonly #ofKeys = new WeakMap<Witness, Standing>()
  readonly #ofTags = new WeakMap<TagProof, Standing>()

  /** @param isCloned whether each caller gets a copy of the value */
  constructor(isCloned: boolean) {
    this.#isCloned = isCloned
  }

  /** @returns undefined if what the entry would be served on has ended by now */
  of(marker: Pick<NearMarker, "witness" | "fence">, proofs?: TagProofs): Standing | undefined {
    if (marker.fence !== marker.witness.fence) return undefined
    if (proofs?.tags.some(({ clock }) => !isUpTo(clock, proofs.clock)) === true) return undefined
    let standing = this.#ofKey(marker)
    for (const tag of proofs?.tags ?? []) standing = this.#ofTag(tag, standing)
    return standing.isOver() ? undefined : standing
  }

  #ofKey({ witness, fence }: Pick<NearMarker, "witness" | "fence">): Standing {
    const known = this.#ofKeys.get(witness)
    if (known?.isOver() === false) return known
    const standing = new Standing(this.#isCloned, { witness, fence, clock: undefined, isDoubted: false })
    this.#ofKeys.set(witness, standing)
    return standing
  }

  #ofTag(tag: TagProof, beneath: Standing): Standing {
    const known = this.#ofTags.get(tag)
    if (known?.isOn(tag, beneath) === true) return known
    const standing = new Standing(this.#isCloned, tag, beneath)
    this.#ofTags.set(tag, standing)
    return standing
  }
}

/** Whether a tag has not changed after the clock that an entry records. */
function isUpTo(tag: TagClock | "dead", recorded: TagClock): boolean {
  return tag !== "dead" && tag.era === recorded.era && tag.counter <= recorded.counter
}
