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
    const { witness, fence, clock } = this.#word
    return fence !== witness.fence || clock !== this.#clock || this.#beneath?.isOver() === true
  }

  /** The oldest proof of all on whom it relies; -Infinity if it is over. */
  #provedMs(): number {
    if (this.isOver()) return -Infinity
    const own = this.#word.isDoubted ? -Infinity : this.#word.witness.provedMs
    return this.#beneath === undefined ? own : Math.min(own, this.#beneath.#provedMs())
  }
}

/** Makes {@link Standing}s, and gives the same one again where it can. */
export class Standings {
  /** The last one made of each witness, and of each tag. */
  readonly #ofKeys = new WeakMap<Witness, Standing>()
  readonly #ofTags = new WeakMap<TagProof, Standing>()

  /** @returns undefined if what the entry would be served on has ended by now */
  of(marker: Pick<NearMarker, "witness" | "fence">, isCloned: boolean, proofs?: TagProofs): Standing | undefined {
    if (marker.fence !== marker.witness.fence) return undefined
    if (proofs?.tags.some(({ clock }) => !isUpTo(clock, proofs.clock)) === true) return undefined
    let standing = this.#ofKey(marker, isCloned)
    for (const tag of proofs?.tags ?? []) standing = this.#ofTag(tag, standing)
    return standing.isOver() ? undefined : standing
  }

  #ofKey({ witness, fence }: Pick<NearMarker, "witness" | "fence">, isCloned: boolean): Standing {
    const known = this.#ofKeys.get(witness)
    if (known?.isCloned === isCloned && !known.isOver()) return known
    const standing = new Standing(isCloned, { witness, fence, clock: undefined, isDoubted: false })
    this.#ofKeys.set(witness, standing)
    return standing
  }

  #ofTag(tag: TagProof, beneath: Standing): Standing {
    const known = this.#ofTags.get(tag)
    if (known?.isOn(tag, beneath) === true) return known
    const standing = new Standing(beneath.isCloned, tag, beneath)
    this.#ofTags.set(tag, standing)
    return standing
  }
}

/** Whether a tag has not changed after the clock that an entry records. */
function isUpTo(tag: TagClock | "dead", recorded: TagClock): boolean {
  return tag !== "dead" && tag.era === recorded.era && tag.counter <= recorded.counter
}
