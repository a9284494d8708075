import type { World } from "../world/world.ts"

/** A version below which nothing may be answered from some time on. */
interface Promised {
  readonly key: number
  readonly version: number
  /** Undefined: in every process. */
  readonly process: number | undefined
  readonly fromMs: number
  /** Who had it acknowledged before state was lost, and replays it. */
  readonly owedBy?: number
}

/** What has been promised: the oldest version that a read may answer which begins now (G1). */
export class Floors {
  /** Raised by whatever may bring back what was invalidated. What began before it proves nothing about the time after. */
  era = 0
  /** While two servers are primary nothing is promised. */
  isSplit = false
  readonly #world: World
  /** How long what came back may stay, in milliseconds. */
  readonly #staysMs: number
  /** For how long other processes may answer from their near caches what was invalidated, in milliseconds. */
  readonly #nearMs: number
  readonly #everywhere: number[]
  readonly #own: number[][]
  /** What each process has had delivered, and delivers again when it is lost. */
  readonly #delivered: number[][]
  /** Whether processes clear their caches where anything may be lost. */
  readonly #clears: boolean
  readonly #stored: number[]
  /** The same, of what was acknowledged since state was lost. */
  readonly #storedSince: number[]
  /** Until when the store may hold what a loss has brought back. */
  #returnedUntilMs = -Infinity
  #later: Promised[] = []

  constructor(
    world: World,
    sizes: { keys: number; processes: number; staysMs: number; nearMs?: number | undefined; clears?: boolean },
  ) {
    const zeros = (): number[] => Array.from({ length: sizes.keys }, () => 0)
    this.#world = world
    this.#staysMs = sizes.staysMs
    this.#nearMs = sizes.nearMs ?? 0
    this.#everywhere = zeros()
    this.#stored = zeros()
    this.#storedSince = zeros()
    this.#clears = sizes.clears ?? false
    this.#delivered = Array.from({ length: sizes.processes }, zeros)
    this.#own = Array.from({ length: sizes.processes }, zeros)
  }

  /** For a read of this process that begins now. */
  of(process: number, key: number): number {
    if (this.#later.length > 0) this.#ripen()
    return Math.max(this.#everywhere[key] as number, (this.#own[process] as number[])[key] as number)
  }

  /** The same of what this process itself has changed. */
  ofOwn(process: number, key: number): number {
    if (this.#later.length > 0) this.#ripen()
    return (this.#own[process] as number[])[key] as number
  }

  /** For what a server stores now. */
  forStores(key: number): number {
    return this.#stored[key] as number
  }

  /** The same for a put. What it replaces is its evidence, and proves nothing while a loss may have brought it back. */
  forPuts(key: number): number {
    const hasReturned = this.#world.nowMs < this.#returnedUntilMs
    return (hasReturned ? this.#storedSince : this.#stored)[key] as number
  }

  /** A change was acknowledged; `began`: the era in which its call began. */
  acknowledge(process: number, key: number, version: number, delivered: boolean, began: number): void {
    if (this.isSplit || began !== this.era) return
    raise(this.#own[process] as number[], key, version)
    if (!delivered) return
    this.#raiseStored(key, version)
    raise(this.#delivered[process] as number[], key, version)
    if (this.#nearMs === 0) raise(this.#everywhere, key, version)
    else this.#later.push({ key, version, process: undefined, fromMs: this.#world.nowMs + this.#nearMs })
  }

  /** An expiring invalidation was delivered: what it left may be served for its grace. */
  acknowledgeExpiry(key: number, version: number, graceMs: number, began: number): void {
    if (this.isSplit || began !== this.era) return
    this.#raiseStored(key, version)
    this.#later.push({ key, version, process: undefined, fromMs: this.#world.nowMs + Math.max(graceMs, this.#nearMs) })
  }

  /**
   * What the store holds is older than what was promised. A process never reads what was before its own changes; others may until these
   * have been replayed, or until ttl and grace have passed; and nobody may where everybody clears.
   *
   * @param wereAllThere whether every process has been connected before: one that had not cannot know that anything was lost
   */
  stateLost(wereAllThere: boolean): void {
    this.era += 1
    const fromMs = this.#world.nowMs + this.#staysMs
    this.#returnedUntilMs = fromMs
    this.#storedSince.fill(0)
    if (this.#clears && wereAllThere) return
    this.#later = this.#later.map((each) => ({ ...each, fromMs: Math.max(each.fromMs, fromMs) }))
    this.#postpone(this.#everywhere, undefined, fromMs)
    for (const [owedBy, versions] of this.#delivered.entries()) {
      for (const [key, version] of versions.entries()) {
        if (version > 0) this.#later.push({ key, version, process: undefined, fromMs, owedBy })
      }
    }
  }

  /** A process is connected to the server that has lost state, and has nothing more to tell it. */
  replayed(process: number): void {
    const fromMs = this.#world.nowMs + this.#nearMs
    this.#later = this.#later.map((each) =>
      each.owedBy === process ? { ...each, fromMs: Math.min(each.fromMs, fromMs) } : each,
    )
  }

  splitBegan(): void {
    this.isSplit = true
    this.#forget()
  }

  splitEnded(): void {
    this.isSplit = false
    this.#forget()
  }

  /** What was acknowledged may have been by the wrong server: only ttl and grace end it. */
  #forget(): void {
    this.era += 1
    const fromMs = this.#world.nowMs + this.#staysMs
    this.#returnedUntilMs = fromMs
    this.#storedSince.fill(0)
    this.#stored.fill(0)
    for (const versions of this.#delivered) versions.fill(0)
    this.#later = this.#later.map(({ key, version, process, fromMs: dueMs }) => ({
      key,
      version,
      process,
      fromMs: Math.max(dueMs, fromMs),
    }))
    this.#postpone(this.#everywhere, undefined, fromMs)
    for (const [process, own] of this.#own.entries()) this.#postpone(own, process, fromMs)
  }

  #raiseStored(key: number, version: number): void {
    raise(this.#stored, key, version)
    raise(this.#storedSince, key, version)
  }

  #postpone(floors: number[], process: number | undefined, fromMs: number): void {
    for (const [key, version] of floors.entries()) {
      if (version > 0) this.#later.push({ key, version, process, fromMs })
      floors[key] = 0
    }
  }

  #ripen(): void {
    const { nowMs } = this.#world
    const waiting: Promised[] = []
    for (const each of this.#later) {
      const floors = each.process === undefined ? this.#everywhere : (this.#own[each.process] as number[])
      if (each.fromMs <= nowMs) raise(floors, each.key, each.version)
      else waiting.push(each)
    }
    this.#later = waiting
  }
}

function raise(floors: number[], key: number, version: number): void {
  if (version > (floors[key] as number)) floors[key] = version
}
