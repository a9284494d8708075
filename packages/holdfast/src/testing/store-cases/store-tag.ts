import assert from "node:assert/strict"
import type { Store } from "../../contracts/store.ts"
import type { BegunTag, TagClock, TagRecord } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { systemRandom } from "../../internal/random.ts"

/** Long enough never to end within a case. */
const longMs = 60_000

interface BeginOptions {
  readonly era?: string
  readonly incarnation?: string
  readonly keepMs?: number
}

/** The calls of the contract for one tag, in the words of the cases. */
export class StoreTag {
  readonly address: TagAddress
  readonly #subject: { readonly store: Store; evict(key: string): Promise<void> }

  constructor(subject: { readonly store: Store; evict(key: string): Promise<void> }, address: TagAddress) {
    this.#subject = subject
    this.address = address
  }

  /** What a look finds: its counter if it is complete. */
  async state(): Promise<number | "absent" | "half-made"> {
    const record = await this.record()
    return record.is === "complete" ? record.clock.counter : record.is
  }

  async record(): Promise<TagRecord> {
    const records = await this.#store.lookTags([this.address])
    assert.equal(records.length, 1)
    return records[0] as TagRecord
  }

  /** Under a fresh incarnation and in the present era, unless told otherwise. */
  async begin({ era, incarnation = systemRandom.token(), keepMs = longMs }: BeginOptions = {}): Promise<BegunTag> {
    const present = era ?? (await this.#store.readTagClock()).era
    return this.#store.beginTag(this.address, { incarnation, era: present, keepMs })
  }

  /** The incarnation of a tag that must now be half-made. */
  async beginHalf(options: BeginOptions = {}): Promise<string> {
    const begun = await this.begin(options)
    assert.ok(begun.is === "half-made", `expected a half-made tag, found a ${begun.is} one`)
    return begun.incarnation
  }

  complete(incarnation: string, clock: TagClock, keepMs: number = longMs): Promise<"complete" | "other"> {
    return this.#store.completeTag(this.address, { incarnation, clock, keepMs })
  }

  /** Makes the tag as a filler does. */
  async make(keepMs: number = longMs): Promise<TagClock> {
    const incarnation = await this.beginHalf({ keepMs })
    const clock = await this.#store.readTagClock()
    assert.equal(await this.complete(incarnation, clock, keepMs), "complete")
    return clock
  }

  /** Invalidates it at the clock advanced, or at one that is given. */
  async invalidate(at?: TagClock): Promise<TagClock> {
    const clock = at ?? (await this.#store.advanceTagClock())
    await this.#store.invalidateTag(this.address, clock)
    return clock
  }

  evict(): Promise<void> {
    return this.#subject.evict(this.address.key)
  }

  get #store(): Store {
    return this.#subject.store
  }
}
