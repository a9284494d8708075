import type { FaultPlan } from "../faults/fault-classes.ts"
import type { SourceFaults } from "../faults/source-faults.ts"
import { roll } from "../world/dice.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { World } from "../world/world.ts"
import { categories, homeOf, type Category } from "./categories.ts"
import type { KeySpace } from "./key-space.ts"
import type { Policy } from "./plan.ts"

/** What the caches hold: a value names its key and its version. */
export interface Row {
  readonly k: string
  readonly v: number
  /** Where there are tags. */
  readonly c?: Category
  /** Where its loader has said for how long it is fresh, in milliseconds. */
  readonly t?: number
  /** Where its loader has said that it is not to be stored. */
  readonly s?: 1
  /** What makes it too large to be stored. */
  readonly p?: string
}

interface Commit {
  readonly version: number
  readonly absent: boolean
  readonly category: Category
  readonly atMs: number
}

/** How a change is committed. */
export interface Committing {
  /** Told the version when it is. */
  readonly committed: (version: number) => void
  /** How long the transaction may take. */
  readonly timeoutMs: number
}

const unbounded: Committing = { committed: () => {}, timeoutMs: Infinity }

/** What the source throws when it is told to fail. */
export class SourceFailure extends Error {}

/** The system of record: every change of a key raises its version by one, and all versions are remembered for the oracles. */
export class Source {
  /** Loads under way now, by process and key. */
  readonly loading: number[] = []
  /** Loads begun so far, by key. */
  readonly loads: number[]
  /** When the latest load of each began, by process and key. */
  readonly #begunMs: number[] = []
  /** What the latest load of each key took, in milliseconds. */
  readonly tookMs: number[] = []
  /** Calls that loaded several keys. */
  manyLoads = 0
  /** Loads that began while another of the same key ran in the same process. */
  beside = 0
  readonly #world: World
  readonly #policy: Policy
  readonly #keys: KeySpace
  readonly #faults: SourceFaults
  readonly #commits: Commit[][]
  /** The last version without a row, by key. */
  readonly #lastAbsent: number[]
  /** The process whose loads all fail. */
  isDownFor: number | undefined
  /** Whether reads are made where it lags. */
  isLagging: boolean
  /** Whether every load fails. */
  isFailing = false
  /** What every load takes besides, in milliseconds. */
  slownessMs = 0
  /** Whether loaders say what becomes of what they load. */
  directs: boolean

  constructor(parts: { world: World; policy: Policy; keys: KeySpace; faults: SourceFaults }) {
    this.#world = parts.world
    this.#policy = parts.policy
    this.#keys = parts.keys
    this.#faults = parts.faults
    this.isLagging = parts.policy.lagMs > 0
    this.directs = parts.policy.directs
    this.loads = parts.keys.names.map(() => 0)
    this.#lastAbsent = parts.keys.names.map(() => 0)
    this.#commits = parts.keys.names.map((_, key) => [
      this.#commit(key, 1, parts.policy.deletes && this.#draw(key) < 0.5),
    ])
  }

  /** When the latest load of a key in a process began. */
  begunMs(process: SimProcess, key: number): number {
    return this.#begunMs[process.id * this.loads.length + key] ?? -Infinity
  }

  newest(key: number): number {
    return (this.#commits[key] as Commit[]).length
  }

  isAbsent(key: number, version: number): boolean {
    return this.#commits[key]?.[version - 1]?.absent ?? true
  }

  /** Of an absence, that of its key. */
  category(key: number, version: number): Category {
    return this.isAbsent(key, version) ? homeOf(key) : (this.#commits[key]?.[version - 1]?.category ?? homeOf(key))
  }

  /** The newest version without a row; 0: there was none. */
  lastAbsent(key: number): number {
    return this.#lastAbsent[key] as number
  }

  /** When a version was replaced by the next; Infinity while it is the newest. */
  replacedMs(key: number, version: number): number {
    return this.#commits[key]?.[version]?.atMs ?? Infinity
  }

  row(key: number, version: number): Row | undefined {
    if (this.isAbsent(key, version)) return undefined
    const row = { k: this.#keys.names[key] as string, v: version }
    return this.#policy.tags ? { ...row, c: this.category(key, version) } : row
  }

  /** Reads what is committed somewhere in the middle of the time that this takes. */
  async read(process: SimProcess, key: number): Promise<Row | undefined> {
    const fault = this.#faults.take(process.id, "slow-load", "failed-load")
    const mine = process.id * this.loads.length + key
    const together = (this.loading[mine] ?? 0) + 1
    this.loading[mine] = together
    if (together > 1) this.beside += 1
    const beganMs = this.#world.nowMs
    this.#begunMs[mine] = beganMs
    this.loads[key] = (this.loads[key] as number) + 1
    await this.#pause(process, this.#draw(key) * this.#policy.loadMs)
    const version = this.#visible(key, process)
    this.#tell(process, `reads version ${version} of ${this.#keys.names[key]} from the source`)
    await this.#pause(
      process,
      this.#draw(key + 8) * this.#policy.loadMs + slownessMs(fault, "slow-load") + this.slownessMs,
    )
    this.loading[mine] = (this.loading[mine] ?? 1) - 1
    this.tookMs[key] = this.#world.nowMs - beganMs
    const isDown = this.isFailing || this.isDownFor === process.id
    if (fault?.is === "failed-load" || isDown) throw new SourceFailure("the load failed")
    return this.row(key, version)
  }

  /** Reads several keys at one time: if one fails, all do. */
  async readMany(process: SimProcess, keys: readonly number[]): Promise<readonly (Row | undefined)[]> {
    this.manyLoads += 1
    return Promise.all(keys.map((key) => this.read(process, key)))
  }

  /** Commits one change in the middle of the time that this takes, and tells when it has. May commit and then throw. */
  async change(
    process: SimProcess,
    key: number,
    roll_: number,
    { committed, timeoutMs }: Committing = unbounded,
  ): Promise<number> {
    const untilMs = this.#world.nowMs + timeoutMs
    if (timeoutMs < Infinity && this.#faults.take(process.id, "late-commit") !== undefined)
      return this.#commitLate(process, key, roll_, { committed, timeoutMs })
    const fault = this.#faults.take(process.id, "slow-write", "failed-write")
    await this.#pause(
      process,
      this.#draw(key + 16) * 25 + (timeoutMs === Infinity ? 0 : slownessMs(fault, "slow-write")),
    )
    if (this.#world.nowMs >= untilMs) throw new SourceFailure("the transaction took too long, and was rolled back")
    if (fault?.is === "failed-write" && fault.a < 0.3)
      throw new SourceFailure("the write failed, and nothing was committed")
    if (fault?.is === "failed-write" && fault.a > 0.65 && timeoutMs !== Infinity) {
      // Its client has given up waiting for COMMIT, and the server has not.
      this.#world.at(fault.b * (untilMs - this.#world.nowMs), undefined, () => this.#change(process, key, roll_))
      throw new SourceFailure("the write failed before its commit")
    }
    const version = this.#change(process, key, roll_)
    committed(version)
    await this.#pause(process, this.#draw(key + 24) * 25 + slownessMs(fault, "slow-write"))
    if (fault?.is === "failed-write") throw new SourceFailure("the write failed after its commit")
    return version
  }

  /** Its process stands still once it has asked for the commit, which comes at the last moment that the transaction has. */
  async #commitLate(process: SimProcess, key: number, roll_: number, late: Committing): Promise<number> {
    const { timeoutMs, committed } = late
    const endMs = this.#world.nowMs + timeoutMs
    process.pausedUntilMs = Math.max(process.pausedUntilMs, endMs + 20 + this.#draw(key + 24) * 300)
    let version = 0
    this.#world.at(timeoutMs * (1 - 0.04 * this.#draw(key + 16)), undefined, () => {
      version = this.#change(process, key, roll_)
      committed(version)
    })
    await this.#pause(process, timeoutMs)
    return version
  }

  /** Commits now. Answers the version. */
  #change(process: SimProcess, key: number, roll_: number): number {
    const version = this.newest(key) + 1
    const absent = this.#policy.deletes && roll_ < 0.35
    this.#commits[key]?.push(this.#commit(key, version, absent))
    this.#tell(process, `commits version ${version} of ${this.#keys.names[key]}${absent ? ", a deletion" : ""}`)
    return version
  }

  /** Commits a change of every row of these categories, and of these keys, at one time. */
  async changeMany(
    process: SimProcess,
    meant: readonly Category[],
    isMeant: (key: number) => boolean = () => true,
  ): Promise<void> {
    await this.#pause(process, this.#draw(40) * 25)
    for (const [key, commits] of this.#commits.entries()) {
      if (!isMeant(key) || !meant.includes(this.category(key, this.newest(key)))) continue
      const version = this.newest(key) + 1
      const absent = this.#policy.deletes && this.#draw(key + 48) < 0.35
      commits.push(this.#commit(key, version, absent))
      this.#tell(process, `commits version ${version} of ${this.#keys.names[key]}${absent ? ", a deletion" : ""}`)
    }
    await this.#pause(process, this.#draw(41) * 25)
  }

  /** Commits one change, with a row, without taking time. */
  changeAtOnce(key: number): void {
    this.#commits[key]?.push(this.#commit(key, this.newest(key) + 1, false))
  }

  #commit(key: number, version: number, absent: boolean): Commit {
    if (absent) this.#lastAbsent[key] = version
    return { version, absent, category: this.#categoryNow(key, version), atMs: this.#world.nowMs }
  }

  /** Some changes move a row to another category. */
  #categoryNow(key: number, version: number): Category {
    const before = this.#commits?.[key]?.[version - 2]?.category ?? homeOf(key)
    return roll(this.#world.seed, 3100 + key, version) < 0.3 ? (before + 1) % categories.length : before
  }

  /** On a replica of the source, the state of a while ago. */
  #visible(key: number, process: SimProcess): number {
    if (!this.isLagging) return this.newest(key)
    const sinceMs = this.#world.nowMs - this.#draw(process.id + 32) * this.#policy.lagMs
    const commits = this.#commits[key] as Commit[]
    return Math.max(1, commits.findLastIndex(({ atMs }) => atMs <= sinceMs) + 1)
  }

  #pause(process: SimProcess, ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.at(ms, process, resolve))
  }

  #draw(salt: number): number {
    return roll(this.#world.seed, 3000 + salt, this.#world.nowMs * 1024)
  }

  #tell(process: SimProcess, what: string): void {
    this.#world.tell?.(process.name, what)
  }
}

/** Some are slower than a lease or a window lives. */
function slownessMs(fault: FaultPlan | undefined, is: FaultPlan["is"]): number {
  return fault?.is === is ? 50 + fault.a * fault.a * 3500 : 0
}
