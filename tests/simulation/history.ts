import { EventWatch } from "./tally/event-watch.ts"
import { RuleCounts } from "./tally/rules.ts"
import { Injections } from "./faults/injections.ts"
import { MessageFaults } from "./faults/message-faults.ts"
import { SourceFaults } from "./faults/source-faults.ts"
import { WorldFaults, type WorldFaultListener } from "./faults/world-faults.ts"
import { EntriesWatch } from "./oracles/entries-watch.ts"
import { Floors } from "./oracles/floors.ts"
import { ForeignWatch } from "./oracles/foreign-watch.ts"
import { LeaseWatch } from "./oracles/lease-watch.ts"
import { LifeWatch } from "./oracles/life-watch.ts"
import { OutageWatch } from "./oracles/outage-watch.ts"
import { ReadJudge } from "./oracles/read-judge.ts"
import { ReplayWatch } from "./oracles/replay-watch.ts"
import { ReclaimWatch } from "./oracles/reclaim-watch.ts"
import { RestWatch } from "./oracles/resting.ts"
import { asScriptCall } from "./oracles/shortcuts.ts"
import { StoreWatch } from "./oracles/store-watch.ts"
import { WindowWatch } from "./oracles/window-watch.ts"
import { Violations } from "./oracles/violations.ts"
import { describeExecution } from "./story/describe-execution.ts"
import { cellsOf, groupOf } from "./workload/categories.ts"
import { Clients } from "./workload/clients.ts"
import { KeyLocks } from "./workload/key-locks.ts"
import { KeySpace } from "./workload/key-space.ts"
import type { OperationParts } from "./workload/operations.ts"
import { Outsider } from "./workload/outsider.ts"
import { startPeer, type Peer } from "./workload/peer.ts"
import type { Plan } from "./workload/plan.ts"
import { Source } from "./workload/source.ts"
import { CommandNames } from "./world/command-name.ts"
import { Network } from "./world/network.ts"
import { Servers } from "./world/servers.ts"
import { SimProcess } from "./world/sim-process.ts"
import type { SimServer } from "./world/sim-server.ts"
import { wallStartMs, World } from "./world/world.ts"

/** How a history is run. */
export interface HistoryOptions {
  readonly plan: Plan
  /** A plain cache-aside instead of the library. */
  readonly isNaive: boolean
  /** Gets the lines of the story. */
  readonly tell?: ((line: string) => void) | undefined
}

/** Extra life of what came back, for the clocks of servers and for what was on its way. */
const slackMs = 600

/** Everything that one history consists of, put together. */
export class History {
  readonly plan: Plan
  readonly world: World
  readonly keys: KeySpace
  readonly names: CommandNames = new CommandNames()
  readonly rules: RuleCounts = new RuleCounts()
  readonly injections: Injections = new Injections()
  readonly violations: Violations
  readonly floors: Floors
  readonly leases: LeaseWatch
  readonly windows: WindowWatch
  readonly watch: StoreWatch
  readonly entries: EntriesWatch
  readonly lives: LifeWatch
  readonly #reclaims: ReclaimWatch
  readonly processes: readonly SimProcess[]
  readonly servers: Servers
  readonly source: Source
  readonly judge: ReadJudge
  readonly peers: readonly Peer[]
  readonly clients: Clients
  readonly eventWatches: readonly EventWatch[]
  readonly outageWatches: readonly OutageWatch[]
  readonly foreignWatches: readonly ForeignWatch[]
  /** Whether something may be old until its ttl has passed. */
  owesTtl: boolean
  readonly #replayWatches: ReplayWatch[] = []
  readonly #messageFaults: MessageFaults
  readonly #sourceFaults: SourceFaults
  readonly #worldFaults: WorldFaults
  readonly #network: Network

  constructor({ plan, isNaive, tell }: HistoryOptions) {
    const { policy, seed, faults } = plan
    this.plan = plan
    const world = new World(seed)
    this.world = world
    if (tell !== undefined) this.#tellStory(tell)
    this.keys = new KeySpace(policy.keys, policy.groups ? groupOf : undefined)
    this.violations = new Violations(world)
    const staysMs = policy.ttlMs + policy.graceMs + slackMs
    const clears = policy.afterFailover === "clear"
    this.floors = new Floors(world, { ...policy, keys: cellsOf(policy.keys), staysMs, clears })
    this.owesTtl = policy.kind === "lagging"
    this.processes = Array.from({ length: policy.processes }, (_, id) => new SimProcess(world, id))
    this.#messageFaults = new MessageFaults(world, this.injections, faults, policy)
    this.#sourceFaults = new SourceFaults(world, this.injections, faults, policy.processes)
    this.source = new Source({ world, policy, keys: this.keys, faults: this.#sourceFaults })
    const watched = { world, keys: this.keys, floors: this.floors, violations: this.violations }
    const counts = (server: SimServer): boolean => this.servers.counts(server)
    const account = { violations: this.violations, keyNames: this.keys.names, counts, nowMs: () => world.nowMs }
    const neverLapse =
      faults.every(({ is }) => is === "slow-load") && plan.clients.flat().every(({ kind }) => kind !== "lookup")
    this.leases = new LeaseWatch({ ...account, neverLapse })
    this.windows = new WindowWatch({ ...account, isStrict: policy.strictMs !== undefined })
    this.watch = this.#watchStore()
    const stores = { ...watched, servers: () => this.servers }
    this.entries = new EntriesWatch(stores)
    this.lives = new LifeWatch({ ...watched, plan, injections: this.injections })
    this.#reclaims = new ReclaimWatch({ ...stores, leases: this.leases, windows: this.windows })
    this.servers = new Servers(world, policy, (server, info) => this.#executed(server, info))
    this.#network = new Network({
      world,
      servers: this.servers,
      faults: this.#messageFaults,
      keys: this.keys,
      names: this.names,
      losesConnections: policy.nearMs !== undefined,
      evicted: this.#faultListener().recordsLost,
    })
    const { source } = this
    this.outageWatches = this.processes.map((process) => new OutageWatch({ ...watched, policy, source }, process))
    const outages = this.outageWatches
    const { watch } = this
    const maxStalenessMs = policy.tracking ? policy.nearMs : undefined
    const foreigns = this.processes.map((process) => new ForeignWatch({ ...watched, watch, maxStalenessMs }, process))
    this.foreignWatches = foreigns
    this.judge = new ReadJudge({ ...watched, source, watch, policy, plan, outages, foreigns })
    const { injections, servers, processes } = this
    const listener = this.#faultListener()
    this.#worldFaults = new WorldFaults(
      { world, injections, servers, processes, keys: this.keys, tags: policy.tags, listener },
      faults,
    )
    this.eventWatches = this.processes.map((process) => new EventWatch(this.rules, process))
    this.peers = this.processes.map((process) => this.#startPeer(process, isNaive))
    this.clients = new Clients({ ...watched, peers: this.peers, parts: this.#operationParts(), plans: plan.clients })
  }

  /** All faults end and nothing new is begun. */
  calmDown(): void {
    this.world.tell?.("-", "all faults end, and nobody begins anything any more")
    this.clients.isCalm = true
    this.#messageFaults.end()
    this.#sourceFaults.end()
    this.#worldFaults.end()
    this.source.isLagging = false
    this.source.directs = false
  }

  /** A socket that has mixed replies up does so with its next read, too, which tells its user: until then they go on. */
  endMixUps(): void {
    this.#messageFaults.mixUpsHaveEnded = true
  }

  #startPeer(process: SimProcess, isNaive: boolean): Peer {
    const eventWatch = this.eventWatches[process.id] as EventWatch
    const outageWatch = this.outageWatches[process.id] as OutageWatch
    const foreignWatch = this.foreignWatches[process.id] as ForeignWatch
    const { floors, rules } = this
    const replayWatch = new ReplayWatch(process.id, { floors, rules, servers: () => this.servers })
    this.#replayWatches.push(replayWatch)
    const peer = startPeer({
      process,
      client: this.#network.client(process),
      policy: this.plan.policy,
      source: this.source,
      rests: new RestWatch({
        violations: this.violations,
        process,
        commandTimeoutMs: this.plan.policy.commandTimeoutMs,
        nowMs: () => this.world.nowMs,
      }),
      keyOf: (name) => this.keys.names.indexOf(name),
      onEvent: (event) => {
        eventWatch.hear(event)
        outageWatch.hear(event)
        replayWatch.hear(event)
        foreignWatch.hear(event)
      },
      isNaive,
    })
    if (!isNaive) foreignWatch.isTracking = () => peer.cache.stats().near?.tracking === "on"
    return peer
  }

  #operationParts(): OperationParts {
    const { world, keys, source, floors, judge, entries, rules, plan } = this
    const faults = this.#sourceFaults
    const { recordsLost } = this.#faultListener()
    const outsider = new Outsider({ world, servers: () => this.servers, removed: recordsLost })
    return {
      world,
      policy: plan.policy,
      keys,
      source,
      faults,
      floors,
      judge,
      entries,
      rules,
      outsider,
      locks: new KeyLocks(),
    }
  }

  #watchStore(): StoreWatch {
    const { floors, leases, windows, violations, rules, keys, names } = this
    return new StoreWatch({
      floors,
      accounts: [leases, windows],
      violations,
      rules,
      keys,
      names,
      source: () => this.source,
      lagMs: this.plan.policy.lagMs,
      storesAgain: this.plan.policy.unchanged,
      counts: (server) => this.servers.counts(server),
      nowMs: () => this.world.nowMs,
    })
  }

  #executed(server: SimServer, info: Parameters<ConstructorParameters<typeof Servers>[2]>[1]): void {
    const { args, reply } = asScriptCall(info, wallStartMs + this.world.nowMs + server.clock.skewMs)
    const name = this.watch.executed(server, args, reply)
    this.entries.changed()
    this.lives.executed(server, name, args, reply, this.#network.executing)
    if (this.plan.policy.index) this.#reclaims.executed(server, name, args, reply)
    this.world.note(name.length, typeof reply === "string" ? reply.length : 1)
    if (this.world.tell === undefined) return
    const told = describeExecution(name, args, reply, this.keys)
    const by = this.#network.executing?.process.name ?? "?"
    if (told !== undefined) this.world.tell(server.name, `${told} (asked by ${by})`)
  }

  #faultListener(): WorldFaultListener {
    return {
      recordsLost: (server, storeKey) => {
        this.watch.recordsLost()
        this.entries.changed()
        if (storeKey?.endsWith(":ctl") !== true) this.#removedByOthers(storeKey)
        if (storeKey?.endsWith(":ctl") === false) return
        for (const each of [this.leases, this.windows]) each.recordsLost(server, this.keys.indexOf(storeKey))
      },
      valueDamaged: (storeKey) => this.watch.valueDamaged(this.keys.indexOf(storeKey)),
      moved: (storeKey, from, to) => {
        if (!storeKey.endsWith(":ctl")) return
        for (const each of [this.leases, this.windows]) each.moved(this.keys.indexOf(storeKey), from, to)
      },
      takenBack: () => this.entries.takenBack(),
      stateLost: () => {
        this.#reclaims.stateLost()
        this.floors.stateLost(this.#replayWatches.every(({ wasThere }) => wasThere))
        this.owesTtl = true
      },
      splitBegan: () => {
        this.floors.splitBegan()
        this.owesTtl = true
      },
      clockJumped: () => this.watch.clockJumped(),
      demoted: () => this.floors.splitBegan(),
      splitEnded: () => this.floors.splitEnded(),
      died: (process) => {
        this.owesTtl = true
        this.clients.died(process)
      },
    }
  }

  #removedByOthers(storeKey: string | undefined): void {
    const key = this.keys.indexOf(storeKey)
    if (storeKey !== undefined && key === undefined) return
    for (const watch of this.foreignWatches) watch.gone(key)
  }

  #tellStory(tell: (line: string) => void): void {
    const { world } = this
    world.tell = (who, what) => tell(`${world.nowMs.toFixed(2).padStart(9)} ms  ${who.padEnd(9)} ${what}`)
    this.injections.tell = (fault, detail) => world.tell?.("FAULT", `${fault.is}: ${detail}`)
  }
}
