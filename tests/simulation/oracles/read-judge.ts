import { categories, cellOf } from "../workload/categories.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Plan, Policy } from "../workload/plan.ts"
import type { Row, Source } from "../workload/source.ts"
import type { World } from "../world/world.ts"
import type { Floors } from "./floors.ts"
import type { StoreWatch } from "./store-watch.ts"
import type { Violations } from "./violations.ts"

/** A read under way, with what it may answer at the oldest. */
export interface Asked {
  readonly operation: number
  readonly process: number
  readonly key: number
  readonly floor: number
  /** The same of versions that are of each category. */
  readonly tagFloors: readonly number[]
  readonly newest: number
  readonly atMs: number
  readonly era: number
}

const noFloors: readonly number[] = []

/** How far servers' clocks may be apart, in milliseconds: it lengthens what only a ttl ends. */
const clockSlackMs = 500

/** The shortest wait of a reader for another process, in milliseconds; nothing else takes as long when nothing fails. */
const shortestCapMs = 1000

/** Judges answers: own key only, none older than promised, none kept longer than its life. */
export class ReadJudge {
  readonly #isEasy: boolean
  readonly #parts: {
    world: World
    policy: Policy
    keys: KeySpace
    source: Source
    floors: Floors
    watch: StoreWatch
    violations: Violations
    plan: Plan
  }

  constructor(parts: {
    world: World
    policy: Policy
    keys: KeySpace
    source: Source
    floors: Floors
    watch: StoreWatch
    violations: Violations
    plan: Plan
  }) {
    this.#parts = parts
    const { faults } = parts.plan
    this.#isEasy = faults.every(({ is }) => is === "failed-load")
  }

  /** Call it when a read begins. */
  ask(operation: number, process: number, key: number): Asked {
    const { floors, source, world } = this.#parts
    return {
      operation,
      process,
      key,
      floor: floors.of(process, key),
      tagFloors: this.#tagFloors(process, key),
      newest: source.newest(key),
      atMs: world.nowMs,
      era: floors.era,
    }
  }

  /** `isLoad`: it was promised to come from the source, as it is now. */
  answered(asked: Asked, row: Row | undefined, isLoad = false): void {
    const { floors, keys, policy, source, world } = this.#parts
    const { key } = asked
    this.#judgeWait(asked)
    if (row !== undefined && row.k !== keys.names[key]) {
      this.#blame(asked, "foreign-read", `answered a row of ${row.k}`)
      return
    }
    const version = row === undefined ? source.lastAbsent(key) : row.v
    if (!(version <= source.newest(key)))
      this.#blame(asked, "invented-row", `answered version ${version}, which there never was`)
    world.note(version, key)
    if (row === undefined && version === 0)
      this.#blame(asked, "invented-absence", "answered nothing, and there always was a row")
    if (policy.kind === "lagging") return
    // What the store lost while the read was under way is no longer promised to it.
    const isSame = asked.era === floors.era
    const promised = isSame ? asked.floor : Math.min(asked.floor, floors.of(asked.process, key))
    const floor = isLoad ? asked.newest : promised
    if (version < floor)
      this.#blame(asked, isLoad ? "stale-refresh" : "stale-read", `answered version ${version}, promised ${floor}`)
    else if (!this.#isDead(asked, version)) this.#judgeAge(asked, version)
  }

  #tagFloors(process: number, key: number): readonly number[] {
    const { floors, keys, policy } = this.#parts
    return policy.tags
      ? categories.map((_, category) => floors.of(process, cellOf(keys.names.length, key, category)))
      : noFloors
  }

  /** What is of a category, and older than its row was when that was invalidated, had been loaded before (R7). */
  #isDead(asked: Asked, version: number): boolean {
    const { floors, policy, source } = this.#parts
    if (!policy.tags) return false
    const category = source.category(asked.key, version)
    const before = asked.tagFloors[category] as number
    const now = this.#tagFloors(asked.process, asked.key)[category] as number
    const floor = asked.era === floors.era ? before : Math.min(before, now)
    if (version >= floor) return false
    this.#blame(asked, "dead-read", `answered version ${version} of ${categories[category]}, promised ${floor}`)
    return true
  }

  /** Where at most loads fail, whoever waits is woken: no wait comes to its cap. */
  #judgeWait(asked: Asked): void {
    const waitedMs = this.#parts.world.nowMs - asked.atMs
    if (waitedMs > shortestCapMs && this.#isEasy)
      this.#blame(asked, "not-woken", `answered after ${Math.round(waitedMs)} ms`)
  }

  #judgeAge(asked: Asked, version: number): void {
    const { policy, source, watch } = this.#parts
    const sinceMs = Math.max(source.replacedMs(asked.key, version), watch.lastStoredMs(asked.key, version))
    const lifeMs = (policy.absoluteTtlMs ?? policy.ttlMs) + policy.graceMs + clockSlackMs
    if (asked.atMs > sinceMs + lifeMs) {
      this.#blame(
        asked,
        "kept-too-long",
        `answered version ${version}, replaced and last stored ${Math.round(asked.atMs - sinceMs)} ms before`,
      )
    }
  }

  #blame({ operation, process, key, atMs }: Asked, kind: string, what: string): void {
    const name = this.#parts.keys.names[key]
    this.#parts.violations.add(
      kind,
      `P${process} asked for ${name} at ${atMs.toFixed(2)} ms and was ${what}`,
      operation,
    )
  }
}
