import type { CacheKind, OperationKind } from "../workload/plan.ts"
import type { FaultClass } from "./fault-classes.ts"

/** What may happen in the histories of one name. */
export interface Mix {
  readonly name: string
  /** In a few words. */
  readonly what: string
  /** How many faults of each class are expected in one history. */
  readonly faults: Readonly<Partial<Record<FaultClass, number>>>
  /** Share of the classes that are on in one history. */
  readonly share: number
  /** Share of the histories that have a cluster instead of one server. Default none. */
  readonly cluster?: number
  /** Whether servers of a cluster lose what they had acknowledged while slots move, too. */
  readonly losesOnMoves?: boolean
  /** Undefined: all kinds. */
  readonly caches?: readonly CacheKind[]
  /** How far lagging loads are behind at most, if not as usual. */
  readonly lagMs?: number
  /** Share of operations that change something, against the usual. */
  readonly changes?: number
  /** Nearly everybody reads many keys at one time. */
  readonly isCrowded?: boolean
  /** What nobody does. */
  readonly without?: OperationKind
  /** Reading renews in each of them. */
  readonly slides?: boolean
  /** Entries are refreshed before their end in each of them, where a loader can. */
  readonly early?: boolean
  /** Share of the histories that have near caches. Default 6 %. */
  readonly near?: number
  /** Share of the histories whose entries carry tags. Default 6 %. */
  readonly tags?: number
  /** Share of those whose entries share the hash slots of groups. Default none. */
  readonly groups?: number
  /** Share of the histories whose caches are strict. Default 6 %, and none where near caches, tags or patterns are asked for. */
  readonly strict?: number
  /** Share of the histories in which most changes are transactions of `afterCommit`. Default none. */
  readonly units?: number
  /** Share of the changes that are of many rows, where entries carry tags. Default 45 %. */
  readonly bulk?: number
  /** Share of the histories with tags in which the store keeps which entries carry them. Default none. */
  readonly index?: number
  /** Share of the histories with near caches in which servers tell of what others do. Default none. */
  readonly tracking?: number
  /** Share of the changes that are of all rows whose keys match a pattern. Default none. */
  readonly patterns?: number
  /** Share of the reads that are scans instead, where changes are by patterns. Default none. */
  readonly scans?: number
  /** Share of the histories whose loaders say of what has not changed that it is unchanged. Default 6 %. */
  readonly unchanged?: number
  /** Share of the histories whose loaders say what becomes of what they load. Default 6 %. */
  readonly directs?: number
  /** Share of the histories whose loads have a soft time limit. Default 6 %. */
  readonly soft?: number
  /** Share of the histories in which the loads of single reads are gathered. Default 6 %. */
  readonly batch?: number
  /** Share of the histories in which some puts are too large to be stored. Default 6 %. */
  readonly large?: number
  /** Share of the histories whose processes clear their caches after a fail-over. Default 10 %. */
  readonly clears?: number
  /** Every ttl ends by itself. */
  readonly isShort?: boolean
  /** No ttl ends by itself. */
  readonly isLong?: boolean
  /** Everybody asks for the same at the same time, and nothing changes. */
  readonly isHerd?: boolean
}

/** What a network does now and then, for mixes about something else. */
export const net = { delay: 3, "lost-request": 1, "lost-reply": 1, "late-reply": 2, stall: 1 } as const
