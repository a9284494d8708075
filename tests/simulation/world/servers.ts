import type { NodeAddress } from "holdfast/testing"
import { ModelCluster } from "../model/model-cluster.ts"
import type { Policy } from "../workload/plan.ts"
import { ModelNode, type ModelSnapshot } from "../model/model-node.ts"
import { roll } from "./dice.ts"
import { SimServer } from "./sim-server.ts"
import type { SimProcess } from "./sim-process.ts"
import { wallStartMs, type World } from "./world.ts"

const firstPort = 6379

type OnCommand = NonNullable<ModelNode["onCommand"]>

/** The server that the address leads to, and for a while perhaps one that it led to before; or the primaries of a cluster. */
export class Servers {
  readonly #world: World
  readonly #newer: Policy["newer"]
  readonly #onCommand: (server: SimServer, info: Parameters<OnCommand>[0]) => void
  readonly cluster: ModelCluster | undefined
  /** All primaries of a cluster; alone, the one server. */
  readonly primaries: SimServer[]
  /** While the network is split: the former primary, and the processes that still reach only it. */
  split: { readonly server: SimServer; readonly users: ReadonlySet<SimProcess> } | undefined
  #made = 0
  #ids = 0

  constructor(
    world: World,
    { shards, newer, nearMs }: Pick<Policy, "shards" | "newer" | "nearMs">,
    onCommand: (server: SimServer, info: Parameters<OnCommand>[0]) => void,
  ) {
    this.#world = world
    this.#onCommand = onCommand
    this.#newer = newer
    this.cluster = shards > 1 ? new ModelCluster() : undefined
    this.primaries = Array.from({ length: shards }, (_, at) => this.#make(firstPort + at, 0))
    this.cluster?.shareSlots()
    // What keeps near caches right may not depend on it.
    if (this.cluster !== undefined && nearMs !== undefined) this.cluster.passesOn = false
  }

  /** The first primary. */
  get primary(): SimServer {
    return this.primaries[0] as SimServer
  }

  /** A primary for a fault to befall. */
  pick(draw: number): SimServer {
    return this.primaries[Math.floor(draw * 1024) % this.primaries.length] as SimServer
  }

  /** Whether what this server does is what counts. */
  counts(server: SimServer): boolean {
    return this.split === undefined && this.primaries.includes(server)
  }

  /** Where a process gets when it connects now. */
  serverOf(process: SimProcess, node: NodeAddress | undefined): SimServer | undefined {
    if (this.#world.nowMs < process.cutOffUntilMs) return undefined
    if (this.split?.users.has(process) === true) return this.split.server
    const { port } = node ?? this.primary.node
    return this.primaries.find((server) => server.node.port === port)
  }

  get all(): readonly SimServer[] {
    return this.split === undefined ? this.primaries : [...this.primaries, this.split.server]
  }

  /** Breaks all sockets of a process, in silence or not, and lets it open no other for so long. */
  cutOff(process: SimProcess, forMs: number, silently: boolean): void {
    process.cutOffUntilMs = Math.max(process.cutOffUntilMs, this.#world.nowMs + forMs)
    for (const link of this.all.flatMap((server) => [...server.links])) {
      if (link.process !== process) continue
      if (silently) link.halfOpen()
      else link.cut(false)
    }
  }

  /** Puts another server in the primary's place, with what it had at the time of the snapshot; in a cluster under an address of its own. */
  replace(snapshot: ModelSnapshot, skewMs: number): SimServer {
    const former = this.primary
    const port = this.cluster === undefined ? former.node.port : firstPort + this.#made
    const next = this.#make(port, skewMs)
    next.model.restart(snapshot)
    next.model.formerReplId = former.model.replId
    this.cluster?.promote(next.model, former.model)
    this.primaries[0] = next
    former.isObsolete = true
    return former
  }

  #make(port: number, skewMs: number): SimServer {
    const world = this.#world
    const { cluster } = this
    const node = { host: "redis", port }
    this.#made += 1
    const clock = { skewMs }
    const server = new SimServer(
      `server ${this.#made}`,
      node,
      new ModelNode({
        node,
        ...(cluster && { cluster }),
        newer: this.#newer,
        nowMs: () => Math.floor(wallStartMs + world.nowMs + clock.skewMs),
        newId: () => this.#newId(),
      }),
      clock,
    )
    server.model.onCommand = (info) => this.#onCommand(server, info)
    return server
  }

  #newId(): string {
    this.#ids += 1
    let id = ""
    for (let word = 0; word < 5; word += 1) {
      id += (roll(this.#world.seed, 5000 + word, this.#ids) * 2 ** 32 + 2 ** 32).toString(16).slice(1)
    }
    return id
  }
}
