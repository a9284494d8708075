import type { Coherence, Witness } from "../../contracts/coherence.ts"
import type { TagClock, TagRecord } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { OldestFirst } from "../../internal/oldest-first.ts"
import { KnownTag } from "./known-tag.ts"

/** After so long a tag is read again although it is known, in milliseconds: a server that is short of memory evicts what nobody reads. */
const readAgainMs = 30_000

/** Permission to remember what a read that is sent now finds; void as soon as the tag is heard to have changed. */
export interface TagMarker {
  readonly tag: TagAddress
  readonly witness: Witness
  readonly fence: number
  readonly sentMs: number
  isVoid: boolean
}

/** The tags that this process knows under a proof. Without `coherence` it knows none. Bounded. */
export class KnownTags {
  readonly #coherence: Coherence | undefined
  #limit: number
  readonly #tags = new Map<string, KnownTag>()
  readonly #oldest = new OldestFirst(this.#tags)
  readonly #markers = new Map<string, Set<TagMarker>>()

  /** @param limit tags known at most; beyond it those leave that nobody has asked for the longest */
  constructor(coherence: Coherence | undefined, limit: number) {
    this.#coherence = coherence
    this.#limit = limit
  }

  /** So many more are known at most. */
  makeRoom(tags: number): void {
    this.#limit += tags
  }

  get size(): number {
    return this.#tags.size
  }

  /** A tag that is proved to have been as it says at most `maxStalenessMs` ago. */
  find(key: string, nowMs: number, maxStalenessMs: number | undefined): KnownTag | undefined {
    if (maxStalenessMs === undefined) return undefined
    const known = this.#tags.get(key)
    if (known === undefined || nowMs - known.readMs >= readAgainMs) return undefined
    if (!known.isProved(nowMs, maxStalenessMs)) return undefined
    if (this.#tags.size >= this.#limit) this.#stayLonger(key, known)
    return known
  }

  /** Call it before the read is sent, and `keep` with its answer or `end`; undefined while nobody can vouch for the tag. */
  mark(tag: TagAddress, nowMs: number, maxStalenessMs: number | undefined): TagMarker | undefined {
    if (this.#coherence === undefined || maxStalenessMs === undefined) return undefined
    const witness = this.#coherence.witness(tag)
    if (witness === undefined || nowMs - witness.provedMs > maxStalenessMs) return undefined
    const marker: TagMarker = { tag, witness, fence: witness.fence, sentMs: nowMs, isVoid: false }
    const others = this.#markers.get(tag.key)
    if (others === undefined) this.#markers.set(tag.key, new Set([marker]))
    else others.add(marker)
    return marker
  }

  keep(marker: TagMarker, record: TagRecord): void {
    this.end(marker)
    const { tag, witness, fence, sentMs, isVoid } = marker
    const coherence = this.#coherence
    const isSame = coherence?.witness(tag) === witness && witness.fence === fence
    if (coherence === undefined || isVoid || !isSame || record.is !== "complete") return
    const before = this.#tags.get(tag.key)
    if (before?.readAgain(witness, record.clock, sentMs) === true) return
    before?.drop()
    this.#tags.delete(tag.key)
    this.#tags.set(tag.key, new KnownTag(witness, record.clock, coherence.doubts, sentMs))
    this.#oldest.added(tag.key)
    if (this.#tags.size > this.#limit) this.#leave()
  }

  end(marker: TagMarker): void {
    const { key } = marker.tag
    const markers = this.#markers.get(key)
    markers?.delete(marker)
    if (markers?.size === 0) this.#markers.delete(key)
  }

  /** The tag has changed, at this clock; undefined: it is about to, nobody knows at which. */
  changed(key: string, clock: TagClock | undefined): void {
    this.#voidMarkers(key)
    const known = this.#tags.get(key)
    if (known === undefined) return
    if (clock === undefined) known.drop()
    else known.raise(clock)
    if (known.clock === "dead") this.#tags.delete(key)
  }

  /** Somebody has written to the tag, or it has gone: what is known of it is not proved until it was read again. */
  doubt(key: string): void {
    this.#voidMarkers(key)
    this.#tags.get(key)?.doubt()
  }

  #voidMarkers(key: string): void {
    for (const marker of this.#markers.get(key) ?? []) marker.isVoid = true
  }

  /** What is asked for again and again, as the tag of a cache is by all its entries, must not leave before what was asked for once. */
  #stayLonger(key: string, known: KnownTag): void {
    this.#tags.delete(key)
    this.#tags.set(key, known)
    this.#oldest.added(key)
  }

  /** Who still holds on to what leaves must not take it for known: nothing that is heard reaches it any more. */
  #leave(): void {
    const oldest = this.#oldest.get()
    if (oldest === undefined) return
    const [key, known] = oldest
    known.drop()
    this.#tags.delete(key)
  }
}
