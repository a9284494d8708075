import type { HoldfastEvent } from "holdfast"
import type { KeySpace } from "../workload/key-space.ts"
import type { Policy } from "../workload/plan.ts"
import type { Source } from "../workload/source.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { World } from "../world/world.ts"
import type { Violations } from "./violations.ts"

/** How long anything is served that was loaded while the store was away, in milliseconds. */
const longestMs = 1000

interface Parts {
  readonly world: World
  readonly policy: Policy
  readonly keys: KeySpace
  readonly source: Source
  readonly violations: Violations
}

/** What is known of one key in one process. */
interface KeyState {
  /** Answers of the store that the process had when a load had last ended well. */
  answers: number
  failedMs: number
  staleMs: number
  fencedMs: number
}

/**
 * Watches what one process answers of itself, without the store: what was loaded serves other reads for a moment only, and only until
 * the store answers again; what nothing proves, only where the source has failed.
 */
export class OutageWatch {
  readonly #parts: Parts
  readonly #process: SimProcess
  readonly #keys: readonly KeyState[]

  constructor(parts: Parts, process: SimProcess) {
    this.#parts = parts
    this.#process = process
    this.#keys = parts.keys.names.map(() => ({ answers: 0, failedMs: -1, staleMs: -1, fencedMs: -1 }))
  }

  hear(event: HoldfastEvent): void {
    if (event.name !== "read" && event.name !== "load") return
    const { keys, world } = this.#parts
    const key = keys.indexOf(event.key)
    const state = key === undefined ? undefined : this.#keys[key]
    if (key === undefined || state === undefined) return
    if (event.name === "load") {
      if (event.ok) state.answers = this.#process.answers
      else state.failedMs = world.nowMs
    } else if (event.outcome === "outage-hit") this.#judgeHit(key, state)
    else if (event.outcome === "stale") state.staleMs = world.nowMs
    else if (event.outcome === "stale-fenced") this.#judgeFenced(key, state)
  }

  /** Whether what this process answers now of a key is flagged stale. */
  isStale(key: number): boolean {
    return this.#keys[key]?.staleMs === this.#parts.world.nowMs || this.isFenced(key)
  }

  /** The same of what was held here, and may have been changed elsewhere. */
  isFenced(key: number): boolean {
    return this.#keys[key]?.fencedMs === this.#parts.world.nowMs
  }

  #judgeHit(key: number, { answers }: KeyState): void {
    const { policy, source, world } = this.#parts
    const heldMs = world.nowMs - source.begunMs(this.#process, key)
    if (heldMs >= Math.min(longestMs, policy.nearMs ?? 0))
      this.#blame(key, "held-too-long", `what was loaded ${Math.round(heldMs)} ms ago`)
    if (policy.shards === 1 && this.#process.answers !== answers)
      this.#blame(key, "held-through-recovery", "what was loaded before the store answered again")
  }

  #judgeFenced(key: number, state: KeyState): void {
    const { nowMs } = this.#parts.world
    state.fencedMs = nowMs
    if (state.failedMs !== nowMs)
      this.#blame(key, "fenced-unasked", "what nothing proves, and had not asked the source")
  }

  #blame(key: number, kind: string, what: string): void {
    this.#parts.violations.add(kind, `${this.#process.name} answered of ${this.#parts.keys.names[key]} ${what}`)
  }
}
