import { checkedEntryTags } from "../entry/tag-names.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { durationMs, type Duration } from "../policy/duration.ts"
import type { LoadedEntry } from "./cache-options.ts"
import { unchanged, type Unchanged } from "./unchanged.ts"

/** What a loader has said of the entry that its value becomes. */
export class EntryDirections implements LoadedEntry {
  readonly #load: { readonly ended: boolean }
  readonly #previous: unknown
  #ttlMs: number | undefined
  #isSkipped = false
  #tags: readonly string[] = []
  #saidUnchanged = false

  /** @param load whose loader may speak until it has ended */
  constructor(load: { readonly ended: boolean }, previous: unknown) {
    this.#load = load
    this.#previous = previous
  }

  /** Undefined: as the cache has it. */
  get ttlMs(): number | undefined {
    return this.#ttlMs
  }

  /** Besides those that the cache gives it. */
  get givenTags(): readonly string[] {
    return this.#tags
  }

  get isSkipped(): boolean {
    return this.#isSkipped
  }

  /** Whether it may mean the absence of a row by that. */
  get saidUnchanged(): boolean {
    return this.#saidUnchanged
  }

  ttl(duration: Duration): void {
    this.#assertLoading()
    this.#ttlMs = durationMs("entry.ttl", duration)
    this.#isSkipped = false
  }

  tags(...names: string[]): void {
    this.#assertLoading()
    this.#tags = checkedEntryTags("entry.tags", [...this.#tags, ...names])
  }

  skip(): void {
    this.#assertLoading()
    this.#isSkipped = true
  }

  unchanged(): Unchanged {
    this.#assertLoading()
    if (this.#previous === undefined) throw noPreviousValue()
    this.#saidUnchanged = true
    return unchanged
  }

  #assertLoading(): void {
    if (this.#load.ended) throw entryNotLoading("whose loader has ended")
  }
}

/** The error of a loader that speaks of an entry which is not its to speak of; `which` goes on from "an entry". */
export function entryNotLoading(which: string): HoldfastError {
  return new HoldfastError("ENTRY_NOT_LOADING", `A loader spoke of an entry ${which}.`)
}

/** The error of a loader that takes something for unchanged which it was not given. */
export function noPreviousValue(): HoldfastError {
  return new HoldfastError(
    "NO_PREVIOUS_VALUE",
    "A loader answered that nothing has changed, and was not given any `previous`.",
  )
}
