import type { Clock } from "../../../contracts/clock.ts"
import type { KeySweep, SweepProgress } from "../../../contracts/key-scan.ts"
import type { Random } from "../../../contracts/random.ts"
import type { PrimaryServer, RedisConnection } from "../../../contracts/redis-connection.ts"
import { slotOf } from "../../../entry/slot.ts"
import { HoldfastError } from "../../../errors/holdfast-error.ts"
import { backoff } from "../../../policy/backoff.ts"
import { rest } from "../../../policy/rest.ts"
import { readClusterView, type ClusterView, type ViewedServer } from "./cluster-view.ts"
import { listChunk } from "./chunk-listing.ts"
import { patienceMs, scanServer } from "./server-scan.ts"
import { planOf, stillOpen, type SweepPlan, type SweptRuns } from "./sweep-plan.ts"

/** What a sweep of a Redis store works with. */
export interface RedisSweepOptions {
  readonly connection: RedisConnection
  readonly clock: Clock
  readonly random: Random
}

/**
 * A resharding moves each slot once, and each round settles what is where it was. What costs another round is a server that becomes the
 * target of moves: that makes all its slots look as if they had been away. So many are needed only if that never ends.
 */
const roundsMax = 100
/** Open slots that are listed between two looks at the cluster: few, so that little moves meanwhile. */
const chunkSize = 256

/** Where a sweep of a cluster stands between two rounds. */
interface SweepRound {
  readonly view: ClusterView
  /** Slots that are not settled; undefined: none is. */
  readonly open: ReadonlySet<number> | undefined
  /** Whether their keys cannot be listed. */
  readonly mustWalk: boolean
}

/** Sweeps one server, or all primaries of a cluster until every slot has been swept where it was. */
export async function sweepRedis(options: RedisSweepOptions, sweep: KeySweep): Promise<void> {
  await new RedisSweep(options, sweep).run()
}

class RedisSweep {
  readonly #options: RedisSweepOptions
  readonly #sweep: KeySweep
  #progress: SweepProgress = { servers: 0, round: 1, scans: 0 }
  /** A server has refused to list the keys of a slot. */
  #cannotList = false

  constructor(options: RedisSweepOptions, sweep: KeySweep) {
    this.#options = options
    this.#sweep = sweep
  }

  async run(): Promise<void> {
    const { connection } = this.#options
    if (!connection.sharesSlots) return this.#cluster()
    const runs = await this.#scanAll(connection.servers(), this.#sweep.onKeys)
    if (runs.includes(undefined)) throw closed()
  }

  async #cluster(): Promise<void> {
    let round: SweepRound = { view: await this.#view(), open: undefined, mustWalk: true }
    for (let number = 1; number <= roundsMax; number++) {
      this.#progress = { ...this.#progress, round: number }
      round = round.mustWalk || round.open === undefined ? await this.#walk(round) : await this.#list(round)
      if (round.open?.size === 0) return
    }
    throw new HoldfastError("SWEEP_INCOMPLETE", `Slots went on moving for ${roundsMax} rounds.`, {
      facts: { reason: "slots are moving", rounds: roundsMax },
    })
  }

  /** Walks over all keys of the servers that have open slots. */
  async #walk({ view: before, open }: SweepRound): Promise<SweepRound> {
    const plan = planOf(before, open)
    const deliver = this.#delivery(open)
    const first = await this.#scanAll(serversOf(plan.first), deliver)
    const second = await this.#scanAll(serversOf(plan.second), deliver)
    const after = await this.#view()
    const left = stillOpen({ before, after, open, runs: runsOf(plan, first, second) })
    return { view: after, open: left, mustWalk: this.#cannotList }
  }

  /** Has the keys of open slots listed, some slots at a time, so that a resharding which goes on opens few of them again. */
  async #list({ view, open = new Set() }: SweepRound): Promise<SweepRound> {
    const { clock } = this.#options
    const sweep = this.#sweep
    const onNames = (names: readonly string[]): Promise<void> => {
      this.#tell({ scans: this.#progress.scans + 1 })
      return sweep.onKeys(names)
    }
    const [left, slots] = [new Set<number>(), [...open]]
    let [before, mustWalk] = [view, false]
    for (let from = 0; from < slots.length; from += chunkSize) {
      const chunk = new Set(slots.slice(from, from + chunkSize))
      const { runs, large, isRefused } = await listChunk({ view: before, chunk, clock, sweep, onNames })
      this.#cannotList ||= isRefused
      const after = await this.#view()
      for (const slot of [...stillOpen({ before, after, open: chunk, runs }), ...large]) left.add(slot)
      mustWalk ||= large.length > 0 || isRefused
      before = after
    }
    return { view: before, open: left, mustWalk }
  }

  /** Only what lies in slots that are still open is news. */
  #delivery(open: ReadonlySet<number> | undefined): KeySweep["onKeys"] {
    const { onKeys } = this.#sweep
    if (open === undefined) return onKeys
    return async (names) => {
      const fresh = names.filter((name) => open.has(slotOf(name)))
      if (fresh.length > 0) await onKeys(fresh)
    }
  }

  /** Sweeps servers side by side. Answers the run of each, in their order. The first that fails ends the others. */
  async #scanAll(servers: readonly PrimaryServer[], onKeys: KeySweep["onKeys"]): Promise<(string | undefined)[]> {
    const { clock, random } = this.#options
    const { pattern, pace, signal: outer } = this.#sweep
    const failed = new AbortController()
    const signal = AbortSignal.any([outer, failed.signal])
    const onNames = (names: readonly string[]): Promise<void> => {
      this.#tell({ scans: this.#progress.scans + 1, servers: servers.length })
      return onKeys(names)
    }
    const scans = servers.map(async (server) => {
      try {
        return await scanServer({ server, clock, random, onNames, sweep: { pattern, pace, signal } })
      } catch (error) {
        failed.abort(error)
        throw error
      }
    })
    const ended = await Promise.allSettled(scans)
    if (signal.aborted) throw signal.reason
    return ended.map((each) => (each.status === "fulfilled" ? each.value : undefined))
  }

  async #view(): Promise<ClusterView> {
    const { connection, clock, random } = this.#options
    this.#tell({ servers: 0 })
    const waits = backoff({ random, baseMs: 50, capMs: 500 })
    const untilMs = clock.monotonic() + patienceMs
    for (;;) {
      const view = await readClusterView(connection).catch(noView)
      if (view !== undefined) return view
      if (connection.nodes().every(({ state }) => state === "closed")) throw closed()
      if (clock.monotonic() > untilMs) noView(undefined)
      await rest(clock, waits.nextMs(), this.#sweep.signal)
    }
  }

  #tell(news: Partial<SweepProgress>): void {
    this.#progress = { ...this.#progress, ...news }
    this.#sweep.onProgress(this.#progress)
  }
}

function serversOf(viewed: readonly ViewedServer[]): readonly PrimaryServer[] {
  return viewed.map(({ server }) => server)
}

function runsOf(plan: SweepPlan, first: (string | undefined)[], second: (string | undefined)[]): SweptRuns {
  return {
    first: new Map(plan.first.map(({ report }, at) => [report.id, first[at]])),
    second: new Map(plan.second.map(({ report }, at) => [report.id, second[at]])),
  }
}

function closed(): HoldfastError {
  return new HoldfastError("CLOSED", "The connection was closed during a sweep.")
}

function noView(cause: unknown): never {
  throw new HoldfastError("SWEEP_INCOMPLETE", "The servers of the cluster could not be asked which slots they have.", {
    facts: { reason: "the slot map is not whole, or CLUSTER NODES is refused" },
    cause,
  })
}
