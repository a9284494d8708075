import type { HoldfastEvent } from "holdfast"
import type { KeySpace } from "../workload/key-space.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { World } from "../world/world.ts"
import type { StoreWatch } from "./store-watch.ts"
import type { Violations } from "./violations.ts"

interface Parts {
  readonly world: World
  readonly keys: KeySpace
  readonly watch: StoreWatch
  readonly violations: Violations
  /** Undefined: nothing is promised of what others do. */
  readonly maxStalenessMs: number | undefined
}

/** Watches what one process serves of its own after others have removed it from the store, while tracking was proved. */
export class ForeignWatch {
  /** Whether the process says that it hears of what others do. */
  isTracking: () => boolean = () => false
  readonly #parts: Parts
  readonly #process: SimProcess
  /** When the entry of each key was last removed, while tracking was proved. */
  readonly #goneMs: number[]
  /** When each key was last answered by a near cache. */
  readonly #nearHitMs: number[]

  constructor(parts: Parts, process: SimProcess) {
    this.#parts = parts
    this.#process = process
    this.#goneMs = parts.keys.names.map(() => -Infinity)
    this.#nearHitMs = parts.keys.names.map(() => -Infinity)
  }

  hear(event: HoldfastEvent): void {
    const { keys, world } = this.#parts
    if (event.name !== "read" || event.outcome !== "near-hit") return
    const key = keys.indexOf(event.key)
    if (key !== undefined) this.#nearHitMs[key] = world.nowMs
  }

  /** Somebody else has removed the entry of one key, or of all. */
  gone(key: number | undefined): void {
    const { keys, world, maxStalenessMs } = this.#parts
    if (maxStalenessMs === undefined || this.#process.isDead || !this.isTracking()) return
    for (const at of key === undefined ? keys.names.keys() : [key]) this.#goneMs[at] = world.nowMs
  }

  /** What was stored last before it was removed is not served from here for longer than the bound. */
  answered(key: number, version: number, askedMs: number): void {
    const { keys, maxStalenessMs, violations, watch, world } = this.#parts
    if (maxStalenessMs === undefined || this.#nearHitMs[key] !== world.nowMs) return
    const goneMs = this.#goneMs[key] as number
    if (watch.lastStoredMs(key, version) > goneMs || askedMs <= goneMs + maxStalenessMs) return
    const agoMs = Math.round(world.nowMs - goneMs)
    violations.add(
      "foreign-change-served",
      `${this.#process.name} answered version ${version} of ${keys.names[key]} from its near cache, removed by others ${agoMs} ms ago`,
    )
  }
}
