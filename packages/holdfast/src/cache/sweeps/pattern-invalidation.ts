import { digestOf } from "../../entry/digest.ts"
import type { StoredKey } from "../../entry/stored-key.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { DigestSet } from "../../policy/digest-set.ts"
import { rest } from "../../policy/rest.ts"
import type { KeySelection } from "./key-selection.ts"
import { patternSettings, type PatternDelivery, type PatternOptions, type SweepSettings } from "./sweep-options.ts"
import type { Sweeper } from "./sweeper.ts"

/** What is to be invalidated, and how. */
export interface PatternTarget {
  readonly selection: KeySelection
  /** Invalidates one entry; answers whether the store knows. Rejects where it can be neither told nor journalled. */
  invalidate(entry: StoredKey): Promise<boolean>
  /** Lets go of all that this process holds of these entries. */
  forget(): void
  /** Has every process do so. */
  forgetEverywhere(): Promise<void>
}

/** Entries invalidated at one time, of one server. */
const batchSize = 64

/**
 * Invalidates all that matches, in two sweeps. One would not do: a load that was under way has a control record and no value, and when
 * it fills during the sweep a value and no control record, and the sweep may have passed the one before and the other after. But if it
 * fills during the first sweep its value is there throughout the second, and if later its lease was there throughout the first.
 */
export async function invalidateMatching(
  sweeper: Sweeper,
  target: PatternTarget,
  options: PatternOptions,
): Promise<PatternDelivery> {
  const settings = patternSettings(options)
  settings.limits.signal?.throwIfAborted()
  const invalidation = new PatternInvalidation(sweeper, target, settings, options)
  const letGo = sweeper.clock.keepAlive()
  try {
    return await sweeper.within(settings, (signal) => invalidation.run(signal))
  } finally {
    letGo()
  }
}

class PatternInvalidation {
  readonly #sweeper: Sweeper
  readonly #target: PatternTarget
  readonly #settings: SweepSettings
  readonly #options: PatternOptions
  readonly #seen = new DigestSet()
  readonly #counts = { matched: 0, invalidated: 0, journalled: 0 }

  constructor(sweeper: Sweeper, target: PatternTarget, settings: SweepSettings, options: PatternOptions) {
    this.#sweeper = sweeper
    this.#target = target
    this.#settings = settings
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<PatternDelivery> {
    const { dryRun = false } = this.#options
    if (!dryRun) this.#target.forget()
    try {
      for (let pass = 1; pass <= (dryRun ? 1 : 2); pass++) await this.#sweep(pass, signal)
      if (!dryRun) await this.#target.forgetEverywhere()
    } catch (error) {
      throw signal.aborted || !(error instanceof HoldfastError) ? error : this.#incomplete(error)
    } finally {
      if (!dryRun) this.#target.forget()
    }
    return { ...this.#counts, delivered: this.#counts.journalled === 0 }
  }

  #sweep(pass: number, signal: AbortSignal): Promise<void> {
    const { onProgress } = this.#options
    return this.#sweeper.sweep(
      {
        selection: this.#target.selection,
        signal,
        onKeys: (names) => this.#found(names, signal),
        onProgress: (progress) => onProgress?.({ ...progress, ...this.#counts, pass }),
      },
      this.#settings,
    )
  }

  /** What was invalidated since the call began need not be again: a load that comes after that has begun after the call. */
  async #found(names: readonly string[], signal: AbortSignal): Promise<void> {
    const entries = names.flatMap((name) => this.#firstSeen(name) ?? [])
    this.#counts.matched += entries.length
    if (this.#options.dryRun === true) return
    for (let from = 0; from < entries.length; from += batchSize) {
      signal.throwIfAborted()
      await this.#invalidateAll(entries.slice(from, from + batchSize), signal)
    }
  }

  #firstSeen(name: string): StoredKey | undefined {
    const entry = this.#target.selection.entryOf(name)
    return entry !== undefined && this.#seen.add(digestOf(entry.value)) ? entry : undefined
  }

  async #invalidateAll(entries: readonly StoredKey[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#sweeper
    const { share } = this.#settings.pace
    const startedMs = clock.monotonic()
    await Promise.all(entries.map((entry) => this.#invalidate(entry)))
    await rest(clock, ((clock.monotonic() - startedMs) * (1 - share)) / share, signal)
  }

  async #invalidate(entry: StoredKey): Promise<void> {
    if (await this.#target.invalidate(entry)) this.#counts.invalidated += 1
    else this.#counts.journalled += 1
  }

  #incomplete(cause: HoldfastError): HoldfastError {
    if (cause.code === "CLOSED") return cause
    const { matched, invalidated, journalled } = this.#counts
    const soFar = `${invalidated} of ${matched} keys found so far are invalidated, ${journalled} journalled`
    const reason = String(cause.facts["reason"] ?? cause.code)
    return new HoldfastError("SWEEP_INCOMPLETE", `A sweep could not be ended (${reason}); ${soFar}.`, {
      facts: { ...this.#counts, reason },
      cause,
    })
  }
}
