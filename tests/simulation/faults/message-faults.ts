import type { Policy } from "../workload/plan.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { World } from "../world/world.ts"
import {
  busFaultClasses,
  messageFaultClasses,
  pageFaultClasses,
  trackingFaultClasses,
  type FaultPlan,
} from "./fault-classes.ts"
import { ArmedFaults, type Injections } from "./injections.ts"

/** What befalls one command. */
export interface MessageFault {
  readonly is: FaultPlan["is"]
  /** Delay on top of the usual, towards the server. */
  readonly requestMs: number
  /** The same on the way back. */
  readonly replyMs: number
}

/** Commands that it is worth to lose, to hold back and to leave unanswered one by one. */
const targets = [
  "FILL",
  "CLOSE",
  "INVALIDATE",
  "LEASE",
  "OPEN",
  "GET",
  "RELEASE",
  "PUT",
  "EXTEND-LEASE",
  "FILL",
  "CLOSE",
]

/** What strict caches send instead. */
const strictNames: Readonly<Record<string, string>> = { LEASE: "LEASE-STRICT", OPEN: "OPEN-STRICT" }

const tagTargets = [...targets, "TAG-CLOCK", "BEGIN-TAG", "COMPLETE-TAG", "INVALIDATE-TAG"]

const indexTargets = ["INDEX-TAG", "RECLAIM", "UNLIST-ENTRIES", "INDEX-TAG"]

const usual: readonly number[] = [0]

/** What befalls single messages: commands, their replies, and messages of the bus. */
export class MessageFaults {
  /** From then on no socket goes on mixing replies up. */
  mixUpsHaveEnded = false
  readonly #world: World
  readonly #injections: Injections
  readonly #commands: ArmedFaults[]
  readonly #bus: ArmedFaults[]
  readonly #tracking: ArmedFaults[]
  readonly #pages: ArmedFaults[]
  readonly #targets: readonly string[]

  constructor(
    world: World,
    injections: Injections,
    plans: readonly FaultPlan[],
    {
      processes,
      tags,
      index,
      unchanged,
      strictMs,
    }: Pick<Policy, "processes" | "tags" | "index" | "unchanged" | "strictMs">,
  ) {
    this.#world = world
    const usualTargets = strictMs === undefined ? targets : targets.map((name) => strictNames[name] ?? name)
    this.#targets = [
      ...(tags ? tagTargets : usualTargets),
      ...(unchanged ? ["KEEP-UNCHANGED"] : []),
      ...(index ? indexTargets : []),
    ]
    this.#injections = injections
    const of = (id: number, classes: ReadonlySet<FaultPlan["is"]>): ArmedFaults =>
      new ArmedFaults(plans.filter(({ is, process }) => process === id && classes.has(is)))
    const ids = Array.from({ length: processes }, (_, id) => id)
    this.#commands = ids.map((id) => of(id, messageFaultClasses))
    this.#bus = ids.map((id) => of(id, busFaultClasses))
    this.#tracking = ids.map((id) => of(id, trackingFaultClasses))
    this.#pages = ids.map((id) => of(id, pageFaultClasses))
  }

  onSend(process: SimProcess, purpose: "data" | "subscriber", name: string): MessageFault | undefined {
    if (purpose !== "data") return undefined
    const fault = this.#commands[process.id]?.take(this.#world.nowMs, (each) => befalls(each, name, this.#targets))
    if (fault === undefined) return undefined
    this.#injections.happened(fault, `${name} of ${process.name}`)
    return delaysOf(fault)
  }

  /** With which delays a message of the bus reaches a process; none: it is lost. */
  onPublish(process: SimProcess): readonly number[] {
    const fault = this.#bus[process.id]?.take(this.#world.nowMs)
    if (fault === undefined) return usual
    this.#injections.happened(fault, `a message to ${process.name}`)
    if (fault.is === "bus-loss") return []
    const delayMs = 1 + fault.a * 150
    return fault.is === "bus-duplicate" ? [0, delayMs] : [delayMs]
  }

  /** Whether something between ends a connection that asks for tracking. */
  onTracking(process: SimProcess): boolean {
    return this.#befell(this.#tracking[process.id], `a connection of ${process.name} that asks for tracking`)
  }

  /** Whether the index of a tag is lost right after a page of it was read. */
  onPage(process: SimProcess): boolean {
    return this.#befell(this.#pages[process.id], `after a page that ${process.name} reads`)
  }

  end(): void {
    for (const armed of [...this.#commands, ...this.#bus, ...this.#tracking, ...this.#pages]) armed.end()
  }

  #befell(armed: ArmedFaults | undefined, detail: string): boolean {
    const fault = armed?.take(this.#world.nowMs)
    if (fault !== undefined) this.#injections.happened(fault, detail)
    return fault !== undefined
  }
}

/** Half of them wait for a certain command, so that rare ones are hit as often as common ones. */
function befalls(fault: FaultPlan, name: string, targets: readonly string[]): boolean {
  if (fault.is === "misroute") return name === "GET" || name === "MGET"
  return fault.b < 0.5 || targets[Math.floor((fault.b - 0.5) * 2 * targets.length)] === name
}

function delaysOf({ is, a }: FaultPlan): MessageFault {
  if (is === "delay") return { is, requestMs: 2 + a * 40, replyMs: 0 }
  if (is === "stall") return { is, requestMs: 40 + a * a * 1500, replyMs: 0 }
  if (is === "late-reply") return { is, requestMs: 0, replyMs: 10 + a * a * 700 }
  return { is, requestMs: 0, replyMs: 0 }
}
