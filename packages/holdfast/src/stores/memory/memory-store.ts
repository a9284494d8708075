import type { Clock } from "../../contracts/clock.ts"
import type {
  FillAnswer,
  Inspection,
  InvalidateRequest,
  LeaseAnswer,
  LeaseGrant,
  LeaseRequest,
  RenewRequest,
  HealthFinding,
  NodeHealth,
  SecondOpinion,
  Store,
  StoredEntry,
  WakeReason,
  WindowGrant,
} from "../../contracts/store.ts"
import { peekEnvelope } from "../../entry/envelope.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { Waiters } from "../waiters.ts"
import { emptyRecord, lastDeadlineOf, pruned, raised, voided, type ControlRecord } from "./control-record.ts"
import { EntryShelf } from "./entry-shelf.ts"
import { ExpiringMap } from "./expiring-map.ts"
import { MemoryCoherence } from "./memory-coherence.ts"

/** How an in-process store is bounded, and whose time it keeps. */
export interface MemoryStoreOptions {
  /** Whose time ends entries, leases and windows. */
  readonly clock: Clock
  /** Default 100,000. The least recently used leave first. */
  readonly maxEntries?: number
  /** Bound on the bytes of all entries. Default 64 MiB. */
  readonly maxBytes?: number
}

/** A store in this process. */
export interface MemoryStore extends Store {
  /** Removes what is kept under a key, value or control key, as running out of room does. For tests. */
  evict(key: string): void
}

/** Creates a store in this process, with the semantics of the Redis store and no server. */
export function memoryStore(options: MemoryStoreOptions): MemoryStore {
  return new InProcessStore(options)
}

class InProcessStore implements MemoryStore {
  readonly kind = "memory"
  readonly coherence: MemoryCoherence = new MemoryCoherence()
  readonly #waiters = new Waiters()
  readonly #generation = {}
  readonly #now: () => number
  readonly #entries: EntryShelf
  readonly #records: ExpiringMap<ControlRecord>
  #closed = false

  constructor({ clock, maxEntries = 100_000, maxBytes = 64 * 1024 * 1024 }: MemoryStoreOptions) {
    const originMs = clock.now() - clock.monotonic()
    this.#now = () => Math.floor(originMs + clock.monotonic())
    this.#entries = new EntryShelf({ maxEntries, maxBytes, now: this.#now })
    this.#records = new ExpiringMap({ maxEntries, maxBytes: Infinity, bytesOf: () => 0, now: this.#now })
  }

  now(_address: EntryAddress): number {
    return this.#now()
  }

  async look(address: EntryAddress): Promise<Buffer | undefined> {
    this.#assertOpen()
    return this.#entries.get(address.value)
  }

  async lookAgain(address: EntryAddress): Promise<SecondOpinion> {
    return { bytes: await this.look(address), distrust: () => {} }
  }

  async lease(address: EntryAddress, { token, leaseMs, rejected, early }: LeaseRequest): Promise<LeaseAnswer> {
    this.#assertOpen()
    const nowMs = this.#now()
    const bytes = this.#entries.get(address.value)
    const found = bytes && peekEnvelope(bytes)
    const usable = bytes !== undefined && found !== undefined && found.id !== rejected ? { bytes, ...found } : undefined
    if (usable !== undefined && nowMs < usable.freshUntilMs && usable.id !== early)
      return { is: "hit", bytes: usable.bytes }

    const record = this.#record(address)
    const held = record.lease
    if (held !== undefined && held.deadlineMs >= nowMs) {
      if (usable !== undefined) return { is: "stale", bytes: usable.bytes }
      this.#keep(address, { ...record, lease: { ...held, waited: true } })
      return { is: "wait" }
    }
    const lease = { token, deadlineMs: nowMs + wholeMs(leaseMs), waited: held?.waited ?? false }
    this.#keep(address, { ...pruned({ ...record, lease: undefined }, nowMs), lease })
    const grant = { address, token, generation: this.#generation }
    return usable === undefined ? { is: "win", grant } : { is: "stale-win", bytes: usable.bytes, grant }
  }

  async extendLease(grant: LeaseGrant, leaseMs: number): Promise<"held" | "gone"> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) return "gone"
    const { address, token } = grant
    const record = this.#record(address)
    if (record.lease?.token !== token) return "gone"
    const deadlineMs = Math.max(record.lease.deadlineMs, this.#now() + wholeMs(leaseMs))
    this.#keep(address, { ...record, lease: { ...record.lease, deadlineMs } })
    return "held"
  }

  async fill(grant: LeaseGrant, entry: StoredEntry): Promise<FillAnswer> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) throw new HoldfastError("GENERATION_CHANGED", "The lease is another store's.")
    const { address, token } = grant
    const record = this.#record(address)
    if (record.lease?.token !== token) return "lost"
    const older = this.#isOlder(peekEnvelope(entry.bytes)?.version, record, address)
    if (!older) this.#entries.put(address.value, entry)
    this.#keep(address, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, older ? "released" : "filled")
    return older ? "older" : "stored"
  }

  async renew(address: EntryAddress, request: RenewRequest): Promise<"renewed" | "other"> {
    this.#assertOpen()
    return this.#entries.renew(address.value, request) ? "renewed" : "other"
  }

  async releaseLease({ address, token }: LeaseGrant, outcome: "failed" | "abandoned"): Promise<void> {
    this.#assertOpen()
    const record = this.#record(address)
    if (record.lease?.token !== token) return
    this.#keep(address, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, outcome === "failed" ? "failed" : "released")
  }

  async invalidate(address: EntryAddress, request: InvalidateRequest): Promise<void> {
    this.#assertOpen()
    this.#invalidate(address, this.#record(address), request)
  }

  async openWindow(address: EntryAddress, request: { id: string; windowMs: number }): Promise<WindowGrant> {
    this.#assertOpen()
    const record = this.#record(address)
    const { id } = request
    const others = record.windows
      .filter((window) => window.id !== id)
      .map((window) => ({ ...window, overlapped: true }))
    const own = { id, deadlineMs: this.#now() + wholeMs(request.windowMs), overlapped: record.windows.length > 0 }
    this.#keep(address, { ...record, windows: [...others, own] })
    return { address, id, generation: this.#generation }
  }

  async extendWindow(grant: WindowGrant, windowMs: number): Promise<"held" | "gone"> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) return "gone"
    const { address, id } = grant
    const record = this.#record(address)
    if (!record.windows.some((window) => window.id === id)) return "gone"
    const untilMs = this.#now() + wholeMs(windowMs)
    const windows = record.windows.map((window) =>
      window.id === id ? { ...window, deadlineMs: Math.max(window.deadlineMs, untilMs) } : window,
    )
    this.#keep(address, { ...record, windows })
    return "held"
  }

  async closeWindow(
    grant: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
  ): Promise<"stored" | "invalidated"> {
    this.#assertOpen()
    const { address, id } = grant
    const record = this.#record(address)
    const own = record.windows.find((window) => window.id === id)
    const rest = { ...record, windows: record.windows.filter((window) => window !== own) }
    const stamp = entry && peekEnvelope(entry.bytes)
    const undisturbed = own !== undefined && !own.overlapped && this.isCurrent(grant)
    if (entry && stamp && undisturbed && !this.#isOlder(stamp.version, record, address)) {
      this.#storeWrite(address, rest, entry)
      return "stored"
    }
    this.#invalidate(address, rest, request)
    return "invalidated"
  }

  async putVersioned(
    address: EntryAddress,
    entry: StoredEntry,
    request: InvalidateRequest,
  ): Promise<"stored" | "older" | "invalidated"> {
    this.#assertOpen()
    const record = this.#record(address)
    const version = peekEnvelope(entry.bytes)?.version
    if (version !== undefined) {
      if (this.#isOlder(version, record, address)) return "older"
      const stored = this.#entries.stampOf(address.value)
      if (stored?.version !== undefined && stored.freshUntilMs > 0) {
        this.#storeWrite(address, record, entry)
        return "stored"
      }
    }
    this.#invalidate(address, record, request)
    return "invalidated"
  }

  isCurrent(grant: LeaseGrant | WindowGrant): boolean {
    return grant.generation === this.#generation
  }

  onWake(address: EntryAddress, wake: (reason: WakeReason) => void): () => void {
    return this.#waiters.add(address.value, wake)
  }

  async inspect(address: EntryAddress): Promise<Inspection> {
    this.#assertOpen()
    const nowMs = this.#now()
    const { lease, windows, tombstone } = this.#record(address)
    return {
      bytes: this.#entries.get(address.value),
      keepMs: this.#entries.keepMsOf(address.value),
      lease: lease && { remainingMs: lease.deadlineMs - nowMs },
      windows: windows.map(({ deadlineMs, overlapped }) => ({ remainingMs: deadlineMs - nowMs, overlapped })),
      tombstone: tombstone && { version: tombstone.version, remainingMs: tombstone.deadlineMs - nowMs },
    }
  }

  async health(): Promise<readonly NodeHealth[]> {
    const findings = this.#closed ? [closedFinding] : []
    const pingMs = this.#closed ? undefined : 0
    const kind = { node: "in-process", role: "primary", server: undefined, features: [], breaker: "closed" } as const
    return [{ ...kind, ok: !this.#closed, pingMs, findings }]
  }

  evict(key: string): void {
    this.#entries.evict(key)
    this.#records.delete(key)
  }

  async close(_options: { readonly timeoutMs: number }): Promise<void> {
    this.#closed = true
    this.#entries.clear()
    this.#records.clear()
  }

  #assertOpen(): void {
    if (this.#closed) throw new HoldfastError("CLOSED", "The in-process store is closed.")
  }

  #record(address: EntryAddress): ControlRecord {
    return pruned(this.#records.get(address.control) ?? emptyRecord, this.#now())
  }

  #keep(address: EntryAddress, record: ControlRecord): void {
    const nowMs = this.#now()
    const kept = pruned(record, nowMs)
    const untilMs = lastDeadlineOf(kept)
    if (untilMs > nowMs) this.#records.set(address.control, kept, untilMs)
    else this.#records.delete(address.control)
  }

  /** See `scripts/includes/versions.lua`. */
  #isOlder(version: string | undefined, { tombstone }: ControlRecord, address: EntryAddress): boolean {
    if (version === undefined) return tombstone !== undefined
    if (tombstone !== undefined && version < tombstone.version) return true
    const stored = this.#entries.stampOf(address.value)?.version
    return stored !== undefined && version < stored
  }

  #storeWrite(address: EntryAddress, record: ControlRecord, entry: StoredEntry): void {
    this.#entries.put(address.value, entry)
    this.#keep(address, voided(record))
    this.#wake(address, "invalidated")
  }

  #invalidate(address: EntryAddress, record: ControlRecord, request: InvalidateRequest): void {
    const { version, tombstoneMs } = request
    const dropped = this.#entries.drop(address.value, request)
    const untilMs = this.#now() + wholeMs(tombstoneMs)
    this.#keep(address, raised(raised(voided(record), version, untilMs), dropped, untilMs))
    this.#wake(address, "invalidated")
  }

  #wake(address: EntryAddress, reason: WakeReason): void {
    if (reason === "invalidated") this.coherence.changed({ is: "key", key: address.value })
    queueMicrotask(() => this.#waiters.wake(address.value, reason))
  }
}

const closedFinding: HealthFinding = {
  severity: "error",
  id: "closed",
  reason: "The in-process store has been closed, and answers nothing any more.",
}

function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms))
}
