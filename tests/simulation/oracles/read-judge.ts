import { losesState, type FaultClass } from "../faults/fault-classes.ts"
import { categories, cellOf } from "../workload/categories.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Plan, Policy } from "../workload/plan.ts"
import type { Row, Source } from "../workload/source.ts"
import type { World } from "../world/world.ts"
import type { Floors } from "./floors.ts"
import type { ForeignWatch } from "./foreign-watch.ts"
import type { OutageWatch } from "./outage-watch.ts"
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
  /** Both, of what the process itself has changed. */
  readonly own: { readonly floor: number; readonly tagFloors: readonly number[] }
  readonly newest: number
  readonly atMs: number
  readonly era: number
}

const noFloors: readonly number[] = []

/** How far servers' clocks may be apart, in milliseconds: it lengthens what only a ttl ends. */
const clockSlackMs = 500
/** How far one jump of a server's clock goes at most, in milliseconds. */
const serverJumpMs = 800

/** The same while they keep the time: what a process knows of a server's clock is off by half a command's time at most. */
const slowSlackMs = 150
const quickSlackMs = 20
/** What a process knows of a server's clock is off by half of what it took to ask for it. */
const openingSlackMs = 1000

const upsetsTime: ReadonlySet<FaultClass> = new Set(["server-clock", "demotion", "pause"])
const slowsCommands: ReadonlySet<FaultClass> = new Set(["delay", "stall", "late-reply", "freeze"])

/** The shortest wait of a reader for another process, in milliseconds; nothing else takes as long when nothing fails. */
const shortestCapMs = 1000

interface Parts {
  readonly world: World
  readonly policy: Policy
  readonly keys: KeySpace
  readonly source: Source
  readonly floors: Floors
  readonly watch: StoreWatch
  readonly violations: Violations
  readonly plan: Plan
  /** By process. */
  readonly outages: readonly OutageWatch[]
  readonly foreigns: readonly ForeignWatch[]
}

/** Judges answers: own key only, none older than promised, none kept longer than its life. */
export class ReadJudge {
  #isEasy: boolean
  /** Whether no read may answer less than what was committed before it began. */
  readonly #isStrict: boolean
  readonly #standsStill: boolean
  /** How far a process's idea of its servers' time may be off, in milliseconds. */
  readonly #estimateSlackMs: number
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    const { faults } = parts.plan
    this.#estimateSlackMs = slackOf(parts.plan)
    this.#isEasy = faults.every(({ is }) => is === "failed-load")
    this.#standsStill = faults.some(({ is }) => is === "pause")
    // A server whose clock jumps ahead ends windows before their time.
    this.#isStrict = parts.policy.strictMs !== undefined && faults.every(({ is }) => is !== "server-clock")
  }

  /** From now on something may keep those who are waited for from waking anybody. */
  mayWait(): void {
    this.#isEasy = false
  }

  /** Call it when a read begins. */
  ask(operation: number, process: number, key: number): Asked {
    const { floors, source, world } = this.#parts
    return {
      operation,
      process,
      key,
      floor: floors.of(process, key),
      tagFloors: this.#tagFloors(key, (cell) => floors.of(process, cell)),
      own: {
        floor: floors.ofOwn(process, key),
        tagFloors: this.#tagFloors(key, (cell) => floors.ofOwn(process, cell)),
      },
      newest: source.newest(key),
      atMs: world.nowMs,
      era: floors.era,
    }
  }

  /** `isLoad`: it was promised to come from the source, as it is now. */
  answered(read: Asked, row: Row | undefined, isLoad = false): void {
    const { process } = read
    if (row !== undefined) this.#parts.foreigns[process]?.answered(read.key, row.v, read.atMs)
    const outage = this.#parts.outages[process]
    // Of what was changed elsewhere, nobody could tell it.
    const asked = outage?.isFenced(read.key) === true ? { ...read, ...read.own } : read
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
    const isStrict = this.#isStrict && !floors.isSplit && isSame
    const floor = isLoad || isStrict ? asked.newest : promised
    if (version < floor)
      this.#blame(
        asked,
        isLoad ? "stale-refresh" : isStrict ? "stale-strict-read" : "stale-read",
        `answered version ${version}, promised ${floor}`,
      )
    else if (!this.#isDead(asked, version)) this.#judgeAge(asked, version)
    if (outage?.isStale(key) === true) this.#judgeGrace(asked, version)
  }

  #tagFloors(key: number, floorOf: (cell: number) => number): readonly number[] {
    const { keys, policy } = this.#parts
    return policy.tags ? categories.map((_, category) => floorOf(cellOf(keys.names.length, key, category))) : noFloors
  }

  /** What is of a category, and older than its row was when that was invalidated, had been loaded before (R7). */
  #isDead(asked: Asked, version: number): boolean {
    const { floors, policy, source } = this.#parts
    if (!policy.tags) return false
    const category = source.category(asked.key, version)
    const before = asked.tagFloors[category] as number
    const now = this.#tagFloors(asked.key, (cell) => floors.of(asked.process, cell))[category] as number
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

  /** What is past its ttl is served until its grace ends, whatever happened since it was asked for. */
  #judgeGrace(asked: Asked, version: number): void {
    const { policy, source, watch, world } = this.#parts
    // Which absence was answered is not known, and a process that stands still answers when it goes on.
    if (source.isAbsent(asked.key, version) || this.#standsStill) return
    const agoMs = world.nowMs - watch.lastStoredMs(asked.key, version)
    const lifeMs = (policy.absoluteTtlMs ?? policy.ttlMs) + policy.graceMs
    if (agoMs > lifeMs + this.#estimateSlackMs)
      this.#blame(asked, "past-its-grace", `answered version ${version}, last stored ${Math.round(agoMs)} ms before`)
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

/** How far a process's idea of its servers' time may be off, in milliseconds. */
export function slackOf({ faults }: Plan): number {
  const some = (classes: ReadonlySet<FaultClass>): boolean => faults.some(({ is }) => classes.has(is))
  const jumps = faults.filter(({ is }) => is === "server-clock").length
  if (jumps > 0) return clockSlackMs + jumps * serverJumpMs
  if (some(losesState) || some(upsetsTime)) return clockSlackMs
  return some(slowsCommands) ? slowSlackMs : quickSlackMs
}

/** The same where nothing bounds it from the side of the server: TIME is asked while a connection opens, which may take two seconds. */
export function openingSlackOf(plan: Plan): number {
  const isSlow = plan.faults.some(({ is }) => slowsCommands.has(is))
  return isSlow ? Math.max(slackOf(plan), openingSlackMs) : slackOf(plan)
}
