import type { ModelSnapshot } from "../model/model-node.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Servers } from "../world/servers.ts"
import type { SimLink } from "../world/sim-link.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { SimServer } from "../world/sim-server.ts"
import type { World } from "../world/world.ts"
import { losesState, type FaultClass, type FaultPlan } from "./fault-classes.ts"
import type { Injections } from "./injections.ts"
import { moveSlot } from "./slot-move.ts"

/** Hears of what changes what may be promised. */
export interface WorldFaultListener {
  /** Records are gone, and with them what they forbade. */
  recordsLost(server: SimServer, storeKey?: string): void
  /** Nobody can tell any more which version an entry was of. */
  valueDamaged(storeKey: string): void
  /** A key went from one server of a cluster to another. */
  moved(storeKey: string, from: SimServer, to: SimServer): void
  /** The move of a slot was taken back half-way, its keys with it. */
  takenBack(): void
  /** The store shows an older state from now on. */
  stateLost(): void
  /** Until `splitEnded` there are two primaries, and nothing is promised. */
  splitBegan(): void
  splitEnded(): void
  /** What a server had to keep for a while, it may have kept too short. */
  clockJumped(): void
  /** As if it were a split, though nothing is lost: until all faults end, somebody may still ask the wrong server. */
  demoted(): void
  died(process: SimProcess): void
}

interface Parts {
  readonly world: World
  readonly servers: Servers
  readonly processes: readonly SimProcess[]
  readonly injections: Injections
  readonly keys: KeySpace
  readonly tags: boolean
  readonly listener: WorldFaultListener
}

/** What befalls servers, processes and sockets at a planned time. */
export class WorldFaults {
  readonly #parts: Parts

  constructor(parts: Parts, plans: readonly FaultPlan[]) {
    this.#parts = parts
    for (const plan of plans) this.#schedule(plan)
  }

  /** Everything works again; what has happened has happened. */
  end(): void {
    const { servers, processes, world } = this.#parts
    this.#endSplit()
    for (const server of servers.all) {
      server.frozenUntilMs = Math.min(server.frozenUntilMs, world.nowMs)
      server.model.refusal = ""
    }
    for (const process of processes) {
      process.pausedUntilMs = Math.min(process.pausedUntilMs, world.nowMs)
      process.cutOffUntilMs = Math.min(process.cutOffUntilMs, world.nowMs)
    }
  }

  #schedule(plan: FaultPlan): void {
    const act = this.#acts[plan.is]
    if (act === undefined) return
    const { world, servers, injections } = this.#parts
    const delayMs = Math.max(0, plan.atMs - world.nowMs)
    if (!losesState.has(plan.is)) {
      world.at(delayMs, undefined, () => {
        const detail = act(plan)
        if (detail !== undefined) injections.happened(plan, detail)
      })
      return
    }
    // What the successor knows is what there was a little earlier.
    const lagMs = 1 + plan.a * plan.a * 400
    world.at(Math.max(0, delayMs - lagMs), undefined, () => {
      const snapshot = servers.primary.model.snapshot()
      const taken = servers.primary
      world.at(lagMs, undefined, () => {
        if (servers.primary !== taken || servers.split !== undefined) return
        injections.happened(plan, this.#loseState(plan, snapshot))
      })
    })
  }

  readonly #acts: Partial<Record<FaultClass, (plan: FaultPlan) => string | undefined>> = {
    reset: (plan) => this.#withLink(plan, (link) => link.cut(false)),
    "half-open": (plan) => this.#withLink(plan, (link) => link.halfOpen()),
    evict: (plan) => this.#evict(plan),
    damage: (plan) => this.#damage(plan),
    "slot-move": (plan) => moveSlot(plan, this.#parts),
    flush: ({ b }) => {
      const server = this.#parts.servers.pick(b)
      server.model.flushAll()
      this.#parts.listener.recordsLost(server)
      return "FLUSHALL"
    },
    "restart-empty": ({ b }) => {
      const server = this.#parts.servers.pick(b)
      server.cutLinks(false)
      server.model.restart()
      this.#parts.listener.recordsLost(server)
      return `${server.name} starts again, empty`
    },
    "restart-whole": ({ b }) => {
      const server = this.#parts.servers.pick(b)
      server.cutLinks(false)
      server.model.restart(server.model.snapshot())
      return `${server.name} starts again with all that it had`
    },
    "restart-old": () => undefined,
    "fail-over": () => undefined,
    "split-brain": () => undefined,
    demotion: (plan) => this.#demote(plan),
    refusal: (plan) => this.#refuse(plan),
    freeze: ({ a, b }) => {
      const { servers, world } = this.#parts
      const server = servers.pick(b)
      server.frozenUntilMs = world.nowMs + 20 + a * a * 1500
      return `${server.name} executes nothing for ${Math.round(20 + a * a * 1500)} ms`
    },
    "server-clock": ({ a, b }) => {
      const server = this.#parts.servers.pick(b)
      server.clock.skewMs += a * 800
      this.#parts.listener.clockJumped()
      return `the clock of ${server.name} jumps by ${Math.round(a * 800)} ms`
    },
    pause: (plan) => this.#pause(plan),
    "cut-off": (plan) => this.#cutOff(plan),
    death: (plan) => this.#kill(plan),
    skew: (plan) => this.#setWall(plan, (plan.a - 0.5) * 7_200_000),
    "clock-jump": (plan) => this.#setWall(plan, (plan.a - 0.5) * 120_000),
  }

  #withLink({ process, a }: FaultPlan, act: (link: SimLink) => void): string | undefined {
    const { servers } = this.#parts
    const links = servers.all.flatMap((server) => [...server.links].filter((link) => link.process.id === process))
    const link = links[Math.floor(a * links.length)]
    if (link === undefined) return undefined
    act(link)
    return `the ${link.purpose} socket of ${link.process.name}`
  }

  #evict({ a, b }: FaultPlan): string | undefined {
    const server = this.#parts.servers.pick(b)
    const { model } = server
    const keys = [...model.keys()]
    const key = keys[Math.floor(a * keys.length)]
    if (key === undefined) return undefined
    model.evict(key)
    this.#parts.listener.recordsLost(server, key)
    return key
  }

  /** Bytes of an entry change, or its end is missing. Not what the checksum leaves out, nor what says that a newer release wrote it. */
  #damage({ a, b }: FaultPlan): string | undefined {
    const { data } = this.#parts.servers.pick(a).model
    const isEntry = (key: string): boolean => this.#parts.keys.indexOf(key) !== undefined && !key.endsWith(":ctl")
    const keys = [...data.keys()].filter(isEntry)
    const key = keys[Math.floor(a * keys.length)]
    const entry = key === undefined ? undefined : data.entry(key)
    if (key === undefined || entry === undefined || typeof entry.value !== "string") return undefined
    const { value } = entry
    const isCut = b < 0.4
    const at = isCut ? Math.floor((b / 0.4) * value.length) : 16 + Math.floor(((b - 0.4) / 0.6) * (value.length - 16))
    const flipped = String.fromCharCode(value.charCodeAt(at) ^ (1 << (at % 8)))
    data.put(key, isCut ? value.slice(0, at) : value.slice(0, at) + flipped + value.slice(at + 1), entry.expiresMs)
    this.#parts.listener.valueDamaged(key)
    return `${key} is ${isCut ? "cut" : "changed"} at byte ${at}`
  }

  #refuse({ a, b }: FaultPlan): string {
    const { servers, world } = this.#parts
    const server = servers.pick(b)
    const word = refusals[Math.floor(a * refusals.length)] ?? "LOADING"
    const forMs = 5 + b * b * 700
    server.model.refusal = word
    world.at(forMs, undefined, () => {
      if (server.model.refusal === word) server.model.refusal = ""
    })
    return `${server.name} answers ${word} for ${Math.round(forMs)} ms`
  }

  #pause({ process: id, a }: FaultPlan): string | undefined {
    const process = this.#parts.processes[id]
    if (process === undefined || process.isDead) return undefined
    const forMs = 20 + a * a * 3000
    process.pausedUntilMs = Math.max(process.pausedUntilMs, this.#parts.world.nowMs + forMs)
    return `${process.name} stands still for ${Math.round(forMs)} ms`
  }

  /** All sockets of a process break, some in silence, and for a while no other can be opened. */
  #cutOff({ process: id, a, b }: FaultPlan): string | undefined {
    const { processes, servers } = this.#parts
    const process = processes[id]
    if (process === undefined || process.isDead) return undefined
    const forMs = 50 + a * 2000
    servers.cutOff(process, forMs, b < 0.3)
    return `${process.name} reaches no server for ${Math.round(forMs)} ms`
  }

  #kill({ process: id, a }: FaultPlan): string | undefined {
    const { processes, world, servers, listener } = this.#parts
    const process = processes[id]
    const living = processes.filter(({ isDead }) => !isDead).length
    if (process === undefined || process.isDead || living < 2) return undefined
    process.isDead = true
    listener.died(process)
    world.at(a * 50, undefined, () => {
      for (const server of servers.all) {
        for (const link of server.links) if (link.process === process) link.cut(true)
      }
    })
    return process.name
  }

  #setWall({ process: id }: FaultPlan, byMs: number): string | undefined {
    const process = this.#parts.processes[id]
    if (process === undefined) return undefined
    process.skewMs += byMs
    process.wallJumped = true
    return `the wall clock of ${process.name} by ${Math.round(byMs)} ms`
  }

  #loseState(plan: FaultPlan, snapshot: ModelSnapshot): string {
    const { servers, listener } = this.#parts
    listener.recordsLost(servers.primary)
    this.#forgetMoves()
    if (plan.is === "restart-old") {
      const server = servers.primary
      server.cutLinks(false)
      server.model.restart(snapshot)
      servers.cluster?.dropForeign(server.model)
      listener.stateLost()
      return `${server.name} starts again with an older state`
    }
    if (plan.is === "split-brain") return this.#split(plan, snapshot)
    const former = servers.replace(snapshot, (plan.b - 0.5) * 400)
    servers.cluster?.dropForeign(servers.primary.model)
    former.isGone = true
    former.cutLinks(plan.b < 0.4)
    listener.stateLost()
    return `${servers.primary.name} takes the place of ${former.name} with an older state`
  }

  #forgetMoves(): void {
    const { servers, listener } = this.#parts
    for (const { node, key } of servers.cluster?.forgetMoves(servers.primary.model) ?? []) {
      const server = servers.primaries.find(({ model }) => model === node)
      if (server !== undefined) listener.recordsLost(server, key)
    }
  }

  #split({ b }: FaultPlan, snapshot: ModelSnapshot): string {
    const { servers, processes, listener, world } = this.#parts
    const former = servers.replace(snapshot, (b - 0.5) * 400)
    const users = new Set(processes.filter(({ id }) => (Math.floor(b * 8) >> id) % 2 === 1))
    servers.split = { server: former, users }
    for (const link of former.links) if (!users.has(link.process)) link.cut(false)
    listener.splitBegan()
    world.at(50 + b * 600, undefined, () => this.#endSplit(former))
    const names = [...users].map(({ name }) => name).join(" and ")
    return `${servers.primary.name} takes over, and ${names || "nobody"} still talks to ${former.name}`
  }

  /** The primary becomes a replica that never catches up. Its sockets stay, and for a while its address leads there. */
  #demote({ b }: FaultPlan): string | undefined {
    const { servers, processes, listener, world } = this.#parts
    if (servers.split !== undefined) return undefined
    listener.recordsLost(servers.primary)
    const former = servers.replace(servers.primary.model.snapshot(), 0)
    former.model.role = "replica"
    servers.split = { server: former, users: new Set(processes) }
    listener.demoted()
    world.at(b * 600, undefined, () => {
      if (servers.split?.server === former) servers.split = { server: former, users: new Set() }
    })
    return `${former.name} becomes a replica of ${servers.primary.name} and keeps its sockets`
  }

  #endSplit(only?: SimServer): void {
    const { servers, listener, world } = this.#parts
    const { split } = servers
    if (split === undefined || (only !== undefined && split.server !== only)) return
    servers.split = undefined
    if (split.server.model.role === "primary") {
      split.server.isGone = true
      split.server.cutLinks(false)
    }
    listener.splitEnded()
    world.tell?.("-", `the split ends: everybody is led to ${servers.primary.name}`)
  }
}

const refusals = ["LOADING", "OOM", "READONLY", "BUSY", "CLUSTERDOWN"]
