import type { Violations } from "../oracles/violations.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { World } from "../world/world.ts"
import { runOperation, tolerate, type OperationParts } from "./operations.ts"
import type { Peer } from "./peer.ts"
import type { OperationKind, OperationPlan } from "./plan.ts"

/** What the source cannot fail. */
const loadsNothing: ReadonlySet<OperationKind> = new Set<OperationKind>([
  "peek",
  "invalidate",
  "put",
  "invalidate-tags",
  "invalidate-group",
  "clear",
  "invalidate-pattern",
  "scan",
  "list-tag",
  "reclaim-tag",
  "remove-by-hand",
])

/** One client: does one operation after the other, each in the process that the plan names. */
class Client {
  readonly #clients: Clients
  readonly #plan: readonly OperationPlan[]
  #next = 0
  #current: OperationPlan | undefined

  constructor(clients: Clients, plan: readonly OperationPlan[]) {
    this.#clients = clients
    this.#plan = plan
  }

  get current(): OperationPlan | undefined {
    return this.#current
  }

  goOn(): void {
    this.#current = undefined
    const plan = this.#plan[this.#next]
    if (plan === undefined) return
    this.#next += 1
    this.#clients.world.at(plan.thinkMs, undefined, () => this.#start(plan))
  }

  /** Its process is gone: nobody waits for the answer any more. */
  died(process: SimProcess): void {
    if (this.#current?.process === process.id) this.goOn()
  }

  #start(plan: OperationPlan): void {
    const peer = this.#clients.peers[plan.process]
    if (this.#clients.isCalm) return
    if (peer === undefined || peer.process.isDead) return this.goOn()
    this.#current = plan
    this.#clients.world.at(0, peer.process, () => void this.#run(plan, peer))
  }

  async #run(plan: OperationPlan, peer: Peer): Promise<void> {
    const { world } = this.#clients
    world.tell?.(peer.process.name, `begins ${describe(plan)}`)
    let told: string
    try {
      told = await runOperation(this.#clients.parts, peer, plan)
    } catch (error) {
      told = this.#judgeError(error, plan)
    }
    world.tell?.(peer.process.name, `ends ${describe(plan)}: ${told}`)
    this.#clients.finished += 1
    if (this.#current === plan) this.goOn()
  }

  #judgeError(error: unknown, plan: OperationPlan): string {
    try {
      if (!loadsNothing.has(plan.kind)) tolerate(error)
      else throw error
    } catch {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      this.#clients.violations.add("unexpected-error", `${describe(plan)} rejected with ${what}`, plan.id)
    }
    return error instanceof Error ? `rejected, ${error.message}` : "rejected"
  }
}

/** All clients of a history. */
export class Clients {
  readonly world: World
  readonly peers: readonly Peer[]
  readonly parts: OperationParts
  readonly violations: Violations
  /** Operations that have ended. */
  finished = 0
  /** Nothing is begun any more. */
  isCalm = false
  readonly #all: readonly Client[]

  constructor(setting: {
    peers: readonly Peer[]
    parts: OperationParts
    violations: Violations
    plans: readonly (readonly OperationPlan[])[]
  }) {
    this.world = setting.parts.world
    this.peers = setting.peers
    this.parts = setting.parts
    this.violations = setting.violations
    this.#all = setting.plans.map((plan) => new Client(this, plan))
  }

  start(): void {
    for (const client of this.#all) client.goOn()
  }

  died(process: SimProcess): void {
    for (const client of this.#all) client.died(process)
  }

  /** Operations of living processes that have not ended. */
  get hanging(): readonly OperationPlan[] {
    const current = this.#all.flatMap(({ current: plan }) => plan ?? [])
    return current.filter(({ process }) => this.peers[process]?.process.isDead === false)
  }
}

function describe({ id, kind, key }: OperationPlan): string {
  return `#${id} ${kind} k${key}`
}
