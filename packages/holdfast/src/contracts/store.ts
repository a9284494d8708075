import type { Coherence } from "./coherence.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { TagIndexStore } from "./tag-index-store.ts"
import type { EventStreamStore } from "./event-stream.ts"
import type { KeyScan } from "./key-scan.ts"
import type { Losses } from "./losses.ts"
import type { TagStore } from "./tag-store.ts"

/**
 * The right to fill one key (R1, R3). Opaque to the cache: it knows its token, and what it is bound to.
 */
export interface LeaseGrant {
  /** The entry that may be filled. */
  readonly address: EntryAddress
  /** 32 hex characters; also the id of the entry that this lease fills. */
  readonly token: string
  /** The server run and socket it was granted by (R4); compared by identity. */
  readonly generation: object
}

/** A write window that was acknowledged (R6). */
export interface WindowGrant {
  /** The entry whose source is being written. */
  readonly address: EntryAddress
  /** 32 hex characters; also the id of the entry that closing it may store. */
  readonly id: string
  /** As of {@link LeaseGrant.generation}. */
  readonly generation: object
}

/** What a strict entry is leased and written with (R6). */
export interface StrictTerm {
  /** How long a window lives without extension, and the source may take from the sending of its open, in milliseconds. */
  readonly termMs: number
  /** How long its control record lives at least, in milliseconds: a key without one is not filled for one term. */
  readonly keepMs: number
  /** How long versions older than a dropped one are refused, in milliseconds. */
  readonly tombstoneMs: number
}

/** What became of asking for a lease; branch on `is`. */
export type LeaseAnswer =
  /** A fresh entry appeared between the look and this call. */
  | { readonly is: "hit"; readonly bytes: Buffer }
  /** Nothing usable: load and fill. */
  | { readonly is: "win"; readonly grant: LeaseGrant }
  /** Nothing usable, and somebody else loads: wait to be woken. */
  | { readonly is: "wait" }
  /** An entry past its ttl, and somebody else refreshes it. */
  | { readonly is: "stale"; readonly bytes: Buffer }
  /** An entry past its ttl, and the refresh is ours. */
  | { readonly is: "stale-win"; readonly bytes: Buffer; readonly grant: LeaseGrant }
  /** Load, do not fill, do not share. */
  | { readonly is: "no-fill" }

/** What a lease is asked for with. */
export interface LeaseRequest {
  /** A fresh token of 32 hex characters. */
  readonly token: string
  /** How long the lease lives without extension, in milliseconds. */
  readonly leaseMs: number
  /** Id (32 hex characters) of an entry that the caller found dead; it counts as absent. */
  readonly rejected: string | undefined
  /** Id of an entry that the caller found fresh and due to be refreshed early; it counts as past its ttl. */
  readonly early?: string | undefined
  /** Present: the entry is strict, so one that is past its ttl or of another run counts as absent. */
  readonly strict?: StrictTerm | undefined
}

/** What a window is opened with. */
export interface WindowRequest {
  /** A fresh id of 32 hex characters. */
  readonly id: string
  /** How long it lives without extension, in milliseconds. */
  readonly windowMs: number
  /** Present: the entry is strict. Its value is dropped, its lease void, and none is granted until the last window has gone. */
  readonly strict?: StrictTerm | undefined
}

/** An encoded entry on its way into the store. */
export interface StoredEntry {
  /** Envelope and payload. */
  readonly bytes: Buffer
  /** ttl plus grace, in milliseconds: the server drops the entry after this. */
  readonly keepMs: number
}

/** How long an entry is to live, because it was read or found unchanged. */
export interface RenewRequest {
  /** 32 hex characters: of that entry. */
  readonly id: string
  /** Store time in milliseconds until which it is fresh. */
  readonly freshUntilMs: number
  /** How long the server keeps it from now, in milliseconds. */
  readonly keepMs: number
}

/** `older`: a newer version is stored or was invalidated (R5). `lost`: the lease is no longer ours (R1). */
export type FillAnswer = "stored" | "lost" | "older"

/** As of {@link FillAnswer}; `gone`: the key holds another entry, or none. */
export type KeepAnswer = "kept" | "lost" | "older" | "gone"

/** What a look finds on a connection of its own (R8). */
export interface SecondOpinion {
  /** Envelope and payload, if there is an entry. */
  readonly bytes: Buffer | undefined
  /** Gives up the connection that was in use when this was asked for, because it answered with another key's entry; none that came after it. */
  distrust(): void
}

/** How a key is to be invalidated. */
export interface InvalidateRequest {
  /** `drop` removes the value; `expire` keeps it for stale serving while it is refreshed. */
  readonly mode: "drop" | "expire"
  /** How long an expired value may still be kept, in milliseconds, if it does not leave earlier by itself; 0 drops it. */
  readonly graceMs: number
  /** Version of the change (see `entry/version.ts`), if the caller knows it. */
  readonly version: string | undefined
  /** How long the tombstone lives, in milliseconds; at least the longest replica lag to guard against. */
  readonly tombstoneMs: number
}

/** What is known of one key, for `explain`. */
export interface Inspection {
  /** Envelope and payload, if there is an entry. */
  readonly bytes: Buffer | undefined
  /** Remaining life of the value key in milliseconds, if it has one. */
  readonly keepMs: number | undefined
  /** The lease that is held, if any. */
  readonly lease: { readonly remainingMs: number } | undefined
  /** The write windows that are open. */
  readonly windows: readonly { readonly remainingMs: number; readonly overlapped: boolean }[]
  /** The tombstone, if one is alive; its version is encoded. */
  readonly tombstone: { readonly version: string; readonly remainingMs: number } | undefined
}

/** Why a waiter was woken. `invalidated`: the key has changed, by an invalidation, a write or a put; what is loading is outdated. */
export type WakeReason = "filled" | "released" | "failed" | "invalidated"

/** One reason why a node is not well, or why it may surprise. */
export interface HealthFinding {
  /** `error`: caching does not work as promised. `warning`: it may surprise. `notice`: all works, and this is worth knowing. */
  readonly severity: "error" | "warning" | "notice"
  /** Stable id in kebab case, such as `eviction-policy`. */
  readonly id: string
  /** What was found, and what to do about it, in words. */
  readonly reason: string
}

/** The state of one server. */
export interface NodeHealth {
  /** Its host and port, or "in-process". */
  readonly node: string
  /** Whether no finding is an error. */
  readonly ok: boolean
  /** Round trip of a ping in milliseconds; undefined if there was no answer. */
  readonly pingMs: number | undefined
  /** As the server said when the connection was opened; `unknown` before. */
  readonly role: "primary" | "replica" | "unknown"
  /** Name and version, such as "Valkey 9.1.2", if it is connected and tells them. */
  readonly server: string | undefined
  /** Newer commands of this server that Holdfast uses instead of scripts, such as "SET IFEQ"; none that it has refused. */
  readonly features: readonly string[]
  /** `open`: commands are refused at once, because too many have failed. */
  readonly breaker: "closed" | "open" | "half-open"
  /** Everything that was found. */
  readonly findings: readonly HealthFinding[]
}

/**
 * A place for entries and tags that keeps rules R1 to R7. Two implementations, one conformance suite (`holdfast/testing`).
 *
 * Every method rejects with a HoldfastError when the store cannot answer within its deadline; nothing else is thrown.
 * One entry is one value key and one control key in one slot; tags lie anywhere.
 */
export interface Store extends TagStore, KeyScan {
  /** What `health()` calls it. */
  readonly kind: "redis" | "memory" | (string & {})
  /** How copies of what it holds are kept right; absent: nothing is kept in the process. */
  readonly coherence?: Coherence
  /** Tells where acknowledged invalidations may be lost; absent: the store does not know. */
  readonly losses?: Losses
  /** Keeps which entries carry a tag; absent: no cache may have `index`. */
  readonly tagIndex?: TagIndexStore
  /** Keeps the streams of domain events; absent: there are none. */
  readonly events?: EventStreamStore
  /** Store time in milliseconds since the epoch, for the times in an entry (R9). */
  now(address: EntryAddress): number
  /**
   * The bytes of an entry, or undefined. Never a script. Looks issued in one turn leave together when the turn has ended, in one
   * round trip, so callers of one turn may share them (R10).
   */
  look(address: EntryAddress): Promise<Buffer | undefined>
  /**
   * The same on a connection that has just been opened: the second opinion of R8. Call it in the turn of the answer in doubt.
   * Few are asked for at one time; above that it rejects with `STORE_OVERLOADED`.
   */
  lookAgain(address: EntryAddress): Promise<SecondOpinion>
  /** Asks for the right to fill; at most one holder at a time. */
  lease(address: EntryAddress, request: LeaseRequest): Promise<LeaseAnswer>
  /** Prolongs a lease that is still ours; never creates one. */
  extendLease(grant: LeaseGrant, leaseMs: number): Promise<"held" | "gone">
  /** Stores the entry if the lease is still ours. Sent once, on the generation that granted it. */
  fill(grant: LeaseGrant, entry: StoredEntry): Promise<FillAnswer>
  /**
   * Ends a lease as `fill` does, but instead of storing anything gives the entry with this id, whose value a load under the lease has
   * found unchanged, another end. Whatever else the entry says stays as it is. Sent once, on the generation that granted the lease.
   */
  keepUnchanged(grant: LeaseGrant, request: RenewRequest): Promise<KeepAnswer>
  /** Lets an entry live longer, if it is still the one with this id and fresh; never shortens its life (`sliding`). */
  renew(address: EntryAddress, request: RenewRequest): Promise<"renewed" | "other">
  /** Gives a lease back. `failed` tells the waiters that the load failed. */
  releaseLease(grant: LeaseGrant, outcome: "failed" | "abandoned"): Promise<void>
  /** Takes the value out of use, voids the lease, bars open windows from storing, and wakes who waits (R2). */
  invalidate(address: EntryAddress, request: InvalidateRequest): Promise<void>
  /** Records that the source is about to be written (R6); overlapping windows bar each other from storing. */
  openWindow(address: EntryAddress, request: WindowRequest): Promise<WindowGrant>
  /** Prolongs a window that is still recorded, under whatever generation; never opens one. */
  extendWindow(grant: WindowGrant, windowMs: number): Promise<"held" | "gone">
  /**
   * Ends a window. With `entry` the value is stored if the window is still recorded and was never overlapped and no newer
   * version is known; else this is an invalidation with `request`.
   */
  closeWindow(
    grant: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
  ): Promise<"stored" | "invalidated">
  /**
   * Replaces a stored versioned entry by one that is not older. What allows it is that the older entry is still there and
   * was not expired by an invalidation; where there is none this is an invalidation. `older`: nothing was done (R5).
   */
  putVersioned(
    address: EntryAddress,
    entry: StoredEntry,
    request: InvalidateRequest,
  ): Promise<"stored" | "older" | "invalidated">
  /**
   * Names the run of the server that holds a slot (R6) by 16 hex characters: it changes with its data, when it is restarted or promoted,
   * and when the slot moves. Undefined: not known now. A strict entry is served and stored under its own run only.
   */
  runOf(address: EntryAddress): string | undefined
  /** Whether the grant's generation is still the current one (R4). */
  isCurrent(grant: LeaseGrant | WindowGrant): boolean
  /** Registers a waiter; call it before `lease` is sent. Returns the end of it. */
  onWake(address: EntryAddress, wake: (reason: WakeReason) => void): () => void
  /** What is known of one key; changes nothing. */
  inspect(address: EntryAddress): Promise<Inspection>
  /** Pings each server and looks at its settings. Never rejects. */
  health(): Promise<readonly NodeHealth[]>
  /** Waits for commands in flight up to `timeoutMs`, then ends; later calls reject with `CLOSED`. Idempotent. */
  close(options: { readonly timeoutMs: number }): Promise<void>
}
