import type { RedisOptions, RedisProcess, TcpProxy } from "@holdfast/servers"
import type { HoldfastEvent } from "holdfast"
import type { Trickle, TrickleOptions } from "../trickle.ts"

/** What a fault can be made with. Every run has its own. */
export interface FaultServers {
  readonly redis: RedisProcess
  /** Between the service and the server. */
  readonly proxy: TcpProxy
}

/** Where one fault is tried with one client. */
export interface FaultScene extends FaultServers {
  readonly service: Trickle
}

/** One fault, and what a service owes its users while it lasts. */
export interface FaultCell {
  /** As the table of faults names it. */
  readonly name: string
  readonly server?: RedisOptions
  /** Whether it is tried with every client there is. Default false: with the newest of the two families. */
  readonly everyClient?: boolean
  /** What the service logs in with: "user:password". */
  readonly credentials?: string
  /** For a fault under which not much can be done: how the service is run, and how many reads are enough. */
  readonly load?: TrickleOptions & { readonly reads: number }
  /** Whether it keeps the event loop busy, so that no other is tried beside it. */
  readonly alone?: boolean
  /** Whether it leaves leases behind whose holders do not know of them, or know too late: others then wait twice before they load. */
  readonly orphansLeases?: boolean
  /** Before anybody connects. */
  prepare?(servers: FaultServers): Promise<void>
  /** Whether it is there before the service starts. Default false: it comes when the service is under way. */
  readonly fromTheStart?: boolean
  /** Makes the fault. Answers with what ends it. */
  break(servers: FaultServers): Promise<() => Promise<void>>
  /** What a single caller gets: tried with the fault in place and the service at rest. */
  probe?(scene: FaultScene): Promise<void>
  /** Which changes the store is told of at once. With none, no read hits either. */
  readonly delivers: "all" | "some" | "none"
  /** How `health()` names the trouble, in a reason; undefined: it is not asked. */
  readonly health: RegExp | undefined
  /** An event that tells of the trouble; undefined: nothing has to. */
  readonly event: ((event: HoldfastEvent) => boolean) | undefined
  /** How long after its end the service may take until reads hit again and nothing is undelivered, in milliseconds. */
  readonly recoveryMs: number
}

/** A connection that is being opened again, for a reason like this. */
export function reconnects(why: RegExp): (event: HoldfastEvent) => boolean {
  return (event) => event.name === "connection" && event.state === "connecting" && why.test(event.why)
}

/** A store operation that failed with this code. */
export function storeError(code: string, operation?: string): (event: HoldfastEvent) => boolean {
  return (event) =>
    event.name === "store-error" && event.code === code && (operation === undefined || event.operation === operation)
}
