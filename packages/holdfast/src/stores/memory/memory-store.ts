import type {
  FillAnswer,
  Inspection,
  InvalidateRequest,
  KeepAnswer,
  LeaseAnswer,
  LeaseGrant,
  LeaseRequest,
  RenewRequest,
  NodeHealth,
  SecondOpinion,
  Store,
  StoredEntry,
  WakeReason,
  WindowGrant,
} from "../../contracts/store.ts"
import type { BeginTagRequest, BegunTag, CompleteTagRequest, TagClock, TagRecord } from "../../contracts/tag-store.ts"
import { peekEnvelope } from "../../entry/envelope.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { isTagClockKey, type TagAddress } from "../../entry/tag-address.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { systemRandom } from "../../internal/random.ts"
import { Waiters } from "../waiters.ts"
import { extended, isOlder, opened, pruned, raised, remaining, voided, type ControlRecord } from "./control-record.ts"
import { EntryShelf } from "./entry-shelf.ts"
import { inProcessHealth } from "./in-process-health.ts"
import { MemoryCoherence } from "./memory-coherence.ts"
import type { MemoryStoreOptions } from "./memory-store-options.ts"
import { MemoryTagIndex } from "./memory-tag-index.ts"
import { RecordShelf } from "./record-shelf.ts"
import { TagShelf } from "./tag-shelf.ts"
import { wholeMs } from "./whole-ms.ts"

/** A store in this process. */
export interface MemoryStore extends Store {
  /** Removes what is kept under a key (of a value, a control record, a tag, its index or the tag clock), as running out of room does. For tests. */
  evict(key: string): void
}

/** Creates a store in this process, with the semantics of the Redis store and no server. */
export function memoryStore(options: MemoryStoreOptions): MemoryStore {
  return new InProcessStore(options)
}

class InProcessStore implements MemoryStore {
  readonly kind = "memory"
  readonly coherence: MemoryCoherence = new MemoryCoherence()
  readonly tagIndex: MemoryTagIndex
  readonly #waiters = new Waiters()
  readonly #generation = {}
  readonly #now: () => number
  readonly #entries: EntryShelf
  readonly #records: RecordShelf
  readonly #tags: TagShelf
  #closed = false

  constructor(options: MemoryStoreOptions) {
    const { clock, random = systemRandom, maxEntries = 100_000, maxBytes = 64 * 1024 * 1024 } = options
    const originMs = clock.now() - clock.monotonic()
    this.#now = () => Math.floor(originMs + clock.monotonic())
    this.#entries = new EntryShelf({ maxEntries, maxBytes, now: this.#now })
    this.#records = new RecordShelf({ maxEntries, now: this.#now })
    this.#tags = new TagShelf({ maxEntries, now: this.#now, random, onChange: this.coherence.changed })
    const shelves = { tags: this.#tags, entries: this.#entries, records: this.#records, now: this.#now }
    this.tagIndex = new MemoryTagIndex({ ...shelves, assertOpen: () => this.#assertOpen() })
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
    const usable = this.#entries.find(address.value, rejected)
    if (usable !== undefined && nowMs < usable.freshUntilMs && usable.id !== early)
      return { is: "hit", bytes: usable.bytes }

    const record = this.#records.get(address.control)
    const held = record.lease
    if (held !== undefined && held.deadlineMs >= nowMs) {
      if (usable !== undefined) return { is: "stale", bytes: usable.bytes }
      this.#records.put(address.control, { ...record, lease: { ...held, waited: true } })
      return { is: "wait" }
    }
    const lease = { token, deadlineMs: nowMs + wholeMs(leaseMs), waited: held?.waited ?? false }
    this.#records.put(address.control, { ...pruned({ ...record, lease: undefined }, nowMs), lease })
    const grant = { address, token, generation: this.#generation }
    return usable === undefined ? { is: "win", grant } : { is: "stale-win", bytes: usable.bytes, grant }
  }

  async extendLease(grant: LeaseGrant, leaseMs: number): Promise<"held" | "gone"> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) return "gone"
    const { address, token } = grant
    const record = this.#records.get(address.control)
    if (record.lease?.token !== token) return "gone"
    const deadlineMs = Math.max(record.lease.deadlineMs, this.#now() + wholeMs(leaseMs))
    this.#records.put(address.control, { ...record, lease: { ...record.lease, deadlineMs } })
    return "held"
  }

  async fill(grant: LeaseGrant, entry: StoredEntry): Promise<FillAnswer> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) throw new HoldfastError("GENERATION_CHANGED", "The lease is another store's.")
    const { address, token } = grant
    const record = this.#records.get(address.control)
    if (record.lease?.token !== token) return "lost"
    const older = this.#isOlder(peekEnvelope(entry.bytes)?.version, record, address)
    if (!older) this.#entries.put(address.value, entry)
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, older ? "released" : "filled")
    return older ? "older" : "stored"
  }

  async keepUnchanged(grant: LeaseGrant, request: RenewRequest): Promise<KeepAnswer> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) throw new HoldfastError("GENERATION_CHANGED", "The lease is another store's.")
    const { address, token } = grant
    const record = this.#records.get(address.control)
    if (record.lease?.token !== token) return "lost"
    const answer = this.#entries.keepUnchanged(address.value, request, record)
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, answer === "kept" ? "filled" : "released")
    return answer
  }

  async renew(address: EntryAddress, request: RenewRequest): Promise<"renewed" | "other"> {
    this.#assertOpen()
    return this.#entries.renew(address.value, request) ? "renewed" : "other"
  }

  async releaseLease({ address, token }: LeaseGrant, outcome: "failed" | "abandoned"): Promise<void> {
    this.#assertOpen()
    const record = this.#records.get(address.control)
    if (record.lease?.token !== token) return
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, outcome === "failed" ? "failed" : "released")
  }

  async invalidate(address: EntryAddress, request: InvalidateRequest): Promise<void> {
    this.#assertOpen()
    this.#invalidate(address, this.#records.get(address.control), request)
  }

  async openWindow(address: EntryAddress, request: { id: string; windowMs: number }): Promise<WindowGrant> {
    this.#assertOpen()
    const { id } = request
    const deadlineMs = this.#now() + wholeMs(request.windowMs)
    this.#records.put(address.control, opened(this.#records.get(address.control), { id, deadlineMs }))
    return { address, id, generation: this.#generation }
  }

  async extendWindow(grant: WindowGrant, windowMs: number): Promise<"held" | "gone"> {
    this.#assertOpen()
    if (!this.isCurrent(grant)) return "gone"
    const { address, id } = grant
    const record = extended(this.#records.get(address.control), { id, deadlineMs: this.#now() + wholeMs(windowMs) })
    if (record === undefined) return "gone"
    this.#records.put(address.control, record)
    return "held"
  }

  async closeWindow(
    grant: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
  ): Promise<"stored" | "invalidated"> {
    this.#assertOpen()
    const { address, id } = grant
    const record = this.#records.get(address.control)
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
    const record = this.#records.get(address.control)
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

  async inspect({ value, control }: EntryAddress): Promise<Inspection> {
    this.#assertOpen()
    const underWay = remaining(this.#records.get(control), this.#now())
    return { bytes: this.#entries.get(value), keepMs: this.#entries.keepMsOf(value), ...underWay }
  }

  async health(): Promise<readonly NodeHealth[]> {
    return [inProcessHealth(this.#closed)]
  }

  async readTagClock(): Promise<TagClock> {
    this.#assertOpen()
    return this.#tags.clock()
  }

  async advanceTagClock(): Promise<TagClock> {
    this.#assertOpen()
    return this.#tags.advanceClock()
  }

  async lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]> {
    this.#assertOpen()
    return tags.map(({ key }) => this.#tags.get(key))
  }

  async beginTag({ key }: TagAddress, request: BeginTagRequest): Promise<BegunTag> {
    this.#assertOpen()
    return this.#tags.begin(key, request)
  }

  async completeTag({ key }: TagAddress, request: CompleteTagRequest): Promise<"complete" | "other"> {
    this.#assertOpen()
    return this.#tags.complete(key, request)
  }

  async invalidateTag({ key }: TagAddress, clock: TagClock): Promise<void> {
    this.#assertOpen()
    this.#tags.invalidate(key, clock)
  }

  evict(key: string): void {
    this.#entries.evict(key)
    this.#records.evict(key)
    this.#tags.evict(key)
    if (isTagClockKey(key)) this.#tags.evictClock()
  }

  async close(_options: { readonly timeoutMs: number }): Promise<void> {
    this.#closed = true
    this.#entries.clear()
    this.#records.clear()
    this.#tags.clear()
  }

  #assertOpen(): void {
    if (this.#closed) throw new HoldfastError("CLOSED", "The in-process store is closed.")
  }

  #isOlder(version: string | undefined, record: ControlRecord, { value }: EntryAddress): boolean {
    return isOlder(version, record, this.#entries.stampOf(value)?.version)
  }

  #storeWrite(address: EntryAddress, record: ControlRecord, entry: StoredEntry): void {
    this.#entries.put(address.value, entry)
    this.#records.put(address.control, voided(record))
    this.#wake(address, "invalidated")
  }

  #invalidate(address: EntryAddress, record: ControlRecord, request: InvalidateRequest): void {
    const dropped = this.#entries.drop(address.value, request)
    const untilMs = this.#now() + wholeMs(request.tombstoneMs)
    this.#records.put(address.control, raised(raised(voided(record), request.version, untilMs), dropped, untilMs))
    this.#wake(address, "invalidated")
  }

  #wake(address: EntryAddress, reason: WakeReason): void {
    if (reason === "invalidated") this.coherence.changed({ is: "key", key: address.value })
    queueMicrotask(() => this.#waiters.wake(address.value, reason))
  }
}
