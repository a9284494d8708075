import type { FaultPlan } from "../faults/fault-classes.ts"
import type { NewerCommand } from "../model/commands/newer.ts"

/** What a client of a history does. */
export type OperationKind =
  | "get"
  | "get-many"
  | "get-impatient"
  | "peek"
  | "lookup"
  | "refresh"
  | "write"
  | "write-nothing"
  | "invalidate"
  | "expire"
  | "put"
  | "invalidate-tags"
  | "invalidate-group"
  | "clear"
  | "transaction"
  | "invalidate-pattern"
  | "scan"
  | "list-tag"
  | "reclaim-tag"
  | "remove-by-hand"

/** One operation of a plan. `roll` in [0, 1) says how it goes where there is a choice. */
export interface OperationPlan {
  readonly id: number
  readonly kind: OperationKind
  readonly process: number
  /** Which of the keys. */
  readonly key: number
  /** From the end of the one before. */
  readonly thinkMs: number
  readonly roll: number
}

/** What kind of cache a history has. `lagging`: with versions, and loads read a replica of the source that is behind. */
export type CacheKind = "plain" | "versioned" | "lagging" | "manual" | "manual-versioned"

/** When entries are refreshed while they are fresh: in the last part of their ttl, or by chance with this beta. */
export type EarlyPlan = { readonly aheadPercent: number } | { readonly beta: number }

/** How the caches of a history are set. Times in milliseconds. */
export interface Policy {
  readonly kind: CacheKind
  readonly processes: number
  readonly keys: number
  /** Primaries: more than one are a cluster. */
  readonly shards: number
  /** What the servers can do that Redis 7.0 cannot. */
  readonly newer: readonly NewerCommand[]
  readonly ttlMs: number
  readonly graceMs: number
  /** Undefined: negatives are not stored. */
  readonly negativeTtlMs: number | undefined
  readonly jitter: "0%" | "10%"
  /** Undefined: nothing is refreshed before its ttl has passed. */
  readonly early: EarlyPlan | undefined
  /** Undefined: reading renews nothing. */
  readonly absoluteTtlMs: number | undefined
  /** How old what near caches serve may be; undefined: there are none. */
  readonly nearMs: number | undefined
  /** Whether servers tell near caches of what others do. */
  readonly tracking: boolean
  /** How long a window of a strict cache lives; undefined: the caches are leased. */
  readonly strictMs?: number | undefined
  /** Whether rows have categories, and entries are tagged with them. */
  readonly tags: boolean
  /** Whether entries share the hash slots of groups, and carry their tags. */
  readonly groups: boolean
  /** Whether the store keeps which entries carry each tag. */
  readonly index: boolean
  /** Whether loaders say of what has not changed that it is unchanged. */
  readonly unchanged: boolean
  /** Whether loaders say of some values for how long they are fresh, and of some that they are not to be stored. */
  readonly directs: boolean
  /** Whoever has an entry in its grace in hand waits for a load no longer than this; undefined: as long as for any other. */
  readonly softMs: number | undefined
  /** Whether the loads of single reads of one turn are gathered. */
  readonly batch: boolean
  /** Whether some of the values that are put are too large to be stored. */
  readonly large: boolean
  /** What processes do where a server may have lost what it had acknowledged. */
  readonly afterFailover: "replay" | "clear"
  readonly commandTimeoutMs: number
  readonly loadTimeoutMs: number
  /** Whether rows come and go. */
  readonly deletes: boolean
  /** How far the replica of the source is behind at most. */
  readonly lagMs: number
  /** How long a load takes at most when nothing is wrong. */
  readonly loadMs: number
}

/** A whole history before it happens: it can be cut and run again. */
export interface Plan {
  readonly seed: number
  readonly mix: string
  readonly policy: Policy
  /** Each client does one thing after the other. */
  readonly clients: readonly (readonly OperationPlan[])[]
  readonly faults: readonly FaultPlan[]
  /** When nobody starts anything any more and all faults end. */
  readonly calmMs: number
}
