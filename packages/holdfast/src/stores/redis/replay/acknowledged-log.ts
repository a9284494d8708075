import type { Invalidation } from "../../../contracts/losses.ts"
import { OldestFirst } from "../../../internal/oldest-first.ts"
import { mergedRequest } from "../../../policy/merged-request.ts"

interface Kept {
  readonly invalidation: Invalidation
  readonly number: number
  readonly atMs: number
}

/** How much is remembered. */
export interface LogLimits {
  /** Keys and tags at most. */
  readonly most: number
  /** For how long, in milliseconds. */
  readonly reachMs: number
}

/** What one server has acknowledged, merged per key and tag, the latest last. The numbers that it is told only grow. */
export class AcknowledgedLog {
  readonly #kept = new Map<string, Kept>()
  readonly #oldest = new OldestFirst(this.#kept)
  readonly #limits: LogLimits
  #newest = 0
  #forgotten = 0

  constructor(limits: LogLimits) {
    this.#limits = limits
  }

  /** The number of the latest; 0 before the first. */
  get newest(): number {
    return this.#newest
  }

  get size(): number {
    return this.#kept.size
  }

  add(invalidation: Invalidation, number: number, nowMs: number): void {
    const key = keyOf(invalidation)
    const before = this.#kept.get(key)?.invalidation
    this.#kept.delete(key)
    this.#kept.set(key, { invalidation: merged(before, invalidation), number, atMs: nowMs })
    this.#oldest.added(key)
    this.#newest = number
    this.forget(nowMs)
  }

  /** Lets go of what is too old, and of the oldest where there is too much. */
  forget(nowMs: number): void {
    const { most, reachMs } = this.#limits
    for (let oldest = this.#oldest.get(); oldest !== undefined; oldest = this.#oldest.get()) {
      const [key, { number, atMs }] = oldest
      if (this.#kept.size <= most && nowMs - atMs <= reachMs) return
      this.#kept.delete(key)
      this.#forgotten = number
    }
  }

  /** Takes out all that was acknowledged after `number`. `isOpen`: some of it has been forgotten. */
  takeAfter(number: number): { readonly invalidations: readonly Invalidation[]; readonly isOpen: boolean } {
    const after = [...this.#kept].filter(([, kept]) => kept.number > number)
    for (const [key] of after) this.#kept.delete(key)
    return { invalidations: after.map(([, { invalidation }]) => invalidation), isOpen: this.#forgotten > number }
  }
}

/** Value key of an entry, or key of a tag: they are never the same. */
function keyOf(invalidation: Invalidation): string {
  return "tag" in invalidation ? invalidation.tag.key : invalidation.address.value
}

function merged(before: Invalidation | undefined, now: Invalidation): Invalidation {
  if (before === undefined || "tag" in before || "tag" in now) return now
  return { address: now.address, request: mergedRequest(before.request, now.request) }
}
