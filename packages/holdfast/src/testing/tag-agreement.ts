import assert from "node:assert/strict"
import type { TagClock } from "../contracts/tag-store.ts"
import { tagAddress, tagClockAddress, type TagAddress } from "../entry/tag-address.ts"
import { systemRandom } from "../internal/random.ts"
import type { StoreSubject } from "./store-cases/store-scene.ts"

/** One call about tags; `tag` says which of a few, `clock` and `making` count what was answered and begun so far. */
export type TagStep =
  | { readonly does: "read-clock" }
  | { readonly does: "advance-clock" }
  | { readonly does: "forget-clock" }
  | ({ readonly does: "begin" } & MakingStep)
  | ({ readonly does: "complete"; readonly making: number } & MakingStep)
  | { readonly does: "invalidate"; readonly tag: number; readonly clock: number }
  | { readonly does: "evict"; readonly tag: number }

/** One half of making a tag. */
export interface MakingStep {
  /** Which of the tags. */
  readonly tag: number
  /** Which of the clocks seen so far is named. */
  readonly clock: number
  /** Whether the life asked for ends before the next step. */
  readonly short: boolean
}

const tagCount = 2
const longMs = 60_000
const shortMs = 1
const pastShortMs = 10

/**
 * Plays one history of tags on two stores and compares every answer, and what a look sees after it. Eras are random, so each
 * store's count by the order in which they were told. Rejects with an AssertionError that tells the step.
 */
export async function compareTags(left: StoreSubject, right: StoreSubject, history: readonly TagStep[]): Promise<void> {
  const names = Array.from({ length: tagCount }, () => systemRandom.token())
  const players = [new Player(left, names), new Player(right, names)] as const
  for (const player of players) await player.begin()
  for (const [at, step] of history.entries()) {
    const token = systemRandom.token()
    const [one, other] = await Promise.all(players.map((player) => player.play(step, token)))
    assert.deepEqual(other, one, `step ${at}: ${JSON.stringify(step)}`)
  }
}

/** One of the two stores, with what it has told so far. */
class Player {
  readonly #subject: StoreSubject
  readonly #tags: readonly TagAddress[]
  readonly #clocks: TagClock[] = []
  readonly #makings: string[] = []
  readonly #eras: string[] = []

  constructor(subject: StoreSubject, names: readonly string[]) {
    this.#subject = subject
    this.#tags = names.map((name) => tagAddress(subject.namespace, name))
  }

  async begin(): Promise<void> {
    await this.#forgetClock()
    this.#clocks.push(await this.#subject.store.readTagClock())
  }

  async play(step: TagStep, token: string): Promise<unknown> {
    const answer = await this.#answer(step, token)
    if ("short" in step && step.short) await this.#subject.advance(pastShortMs)
    const found = await this.#subject.store.lookTags(this.#tags)
    return { answer: this.#named(answer), found: found.map((record) => this.#named(record)) }
  }

  async #answer(step: TagStep, token: string): Promise<unknown> {
    const { store } = this.#subject
    switch (step.does) {
      case "read-clock":
        return this.#saw(await store.readTagClock())
      case "advance-clock":
        return this.#saw(await store.advanceTagClock())
      case "forget-clock":
        return this.#forgetClock()
      case "begin": {
        const { era } = this.#clock(step.clock)
        const begun = await store.beginTag(this.#tag(step.tag), { incarnation: token, era, keepMs: lifeOf(step) })
        if (begun.is === "half-made") this.#makings.push(begun.incarnation)
        return begun
      }
      case "complete": {
        const incarnation = this.#makings[step.making % this.#makings.length] ?? token
        const clock = this.#clock(step.clock)
        return store.completeTag(this.#tag(step.tag), { incarnation, clock, keepMs: lifeOf(step) })
      }
      case "invalidate":
        return store.invalidateTag(this.#tag(step.tag), this.#clock(step.clock))
      case "evict":
        return this.#subject.evict(this.#tag(step.tag).key)
    }
  }

  #saw(clock: TagClock): TagClock {
    this.#clocks.push(clock)
    return clock
  }

  #tag(at: number): TagAddress {
    return this.#tags[at % tagCount] as TagAddress
  }

  #clock(at: number): TagClock {
    return this.#clocks[at % this.#clocks.length] as TagClock
  }

  #forgetClock(): Promise<void> {
    return this.#subject.evict(tagClockAddress(this.#subject.namespace).key)
  }

  /** An answer with its eras by number. */
  #named(answer: unknown): unknown {
    if (typeof answer !== "object" || answer === null) return answer
    return Object.fromEntries(
      Object.entries(answer).map(([name, part]) => [name, name === "era" ? this.#eraNumber(part) : this.#named(part)]),
    )
  }

  #eraNumber(era: unknown): number {
    const known = this.#eras.indexOf(String(era))
    return known >= 0 ? known : this.#eras.push(String(era)) - 1
  }
}

function lifeOf({ short }: MakingStep): number {
  return short ? shortMs : longMs
}
