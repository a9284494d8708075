import type { Clock } from "../../contracts/clock.ts"
import type { Random } from "../../contracts/random.ts"
import type { BegunTag, TagClock, TagStore } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import type { TagTable } from "./tag-table.ts"

/** How long a tag is kept, as a multiple of the life of the entry that it is made for: so that entries that follow find it there. */
const keepFactor = 2

/** Whoever made a tag may have made it for less long, or another one may have been quicker. */
const roundsMax = 2

/** When a tag was invalidated last, or made, as far as is known; undefined if somebody else has made it meanwhile. */
type Made = ReadonlyMap<string, TagClock | undefined>

/** Makes the tags of an entry before it is stored (R7). Each is made by one at a time. */
export class TagMaker {
  readonly #store: TagStore
  readonly #time: Clock
  readonly #random: Random
  readonly #table: TagTable
  readonly #making = new Map<string, Promise<Made>>()

  constructor(parts: { store: TagStore; clock: Clock; random: Random; tagTable: TagTable }) {
    this.#store = parts.store
    this.#time = parts.clock
    this.#random = parts.random
    this.#table = parts.tagTable
  }

  /**
   * Sees to it that tags are there. Rejects as the store does.
   *
   * @param recorded the clock that the entry records
   * @param lifeMs how long the entry may live
   * @returns false if one was found to be later than `recorded`, or of another era: the entry would be dead
   */
  async make(tags: readonly TagAddress[], recorded: TagClock, lifeMs: number): Promise<boolean> {
    const { clock, present } = this.#table
    const untilMs = this.#time.monotonic() + lifeMs
    if (tags.some(({ key }) => present.isLater(key, recorded))) return false
    const missing = (): TagAddress[] => tags.filter(({ key }) => !present.outlives(key, recorded.era, untilMs))
    for (let round = 0; round < roundsMax && missing().length > 0; round += 1) {
      if ((clock.known?.era ?? recorded.era) !== recorded.era) return false
      const made = await this.#makeAll(missing(), recorded, lifeMs)
      if (tags.every(({ key }) => made.every((clocks) => isNotLater(clocks.get(key), recorded)))) continue
      // The next load must not record the same clock again.
      if (isNotLater(clock.known, recorded)) clock.distrust(this.#time.monotonic())
      return false
    }
    return true
  }

  /** Joins whoever makes one of them, and makes the others, before anybody else can begin. */
  #makeAll(tags: readonly TagAddress[], recorded: TagClock, lifeMs: number): Promise<Made[]> {
    const own = tags.filter(({ key }) => !this.#making.has(key))
    if (own.length > 0) this.#start(own, recorded, lifeMs)
    return Promise.all(new Set(tags.flatMap(({ key }) => this.#making.get(key) ?? [])))
  }

  #start(tags: readonly TagAddress[], recorded: TagClock, lifeMs: number): void {
    const making = this.#make(tags, recorded, lifeMs * keepFactor).finally(() => {
      for (const { key } of tags) this.#making.delete(key)
    })
    for (const { key } of tags) this.#making.set(key, making)
  }

  /** The clock is read once all first halves are acknowledged: it covers whatever was invalidated while they were absent. */
  async #make(tags: readonly TagAddress[], { era }: TagClock, keepMs: number): Promise<Made> {
    const untilMs = this.#time.monotonic() + keepMs
    const begun = await Promise.all(
      tags.map((tag) => this.#store.beginTag(tag, { incarnation: this.#random.token(), era, keepMs })),
    )
    const clock = begun.some((each) => each.is === "half-made") ? await this.#table.clock.readAnew() : undefined
    const clocks = await Promise.all(tags.map((tag, at) => this.#complete(tag, begun[at], clock, keepMs)))
    tags.forEach(({ key }, at) => {
      const made = clocks[at]
      if (made !== undefined) this.#table.present.remember(key, made, untilMs)
    })
    return new Map(tags.map(({ key }, at) => [key, clocks[at]]))
  }

  async #complete(
    tag: TagAddress,
    begun: BegunTag | undefined,
    clock: TagClock | undefined,
    keepMs: number,
  ): Promise<TagClock | undefined> {
    if (begun?.is !== "half-made") return begun?.clock
    if (clock === undefined) return undefined
    const { incarnation } = begun
    const answer = await this.#store.completeTag(tag, { incarnation, clock, keepMs })
    return answer === "complete" ? clock : undefined
  }
}

function isNotLater(made: TagClock | undefined, recorded: TagClock): boolean {
  return made === undefined || (made.era === recorded.era && made.counter <= recorded.counter)
}
