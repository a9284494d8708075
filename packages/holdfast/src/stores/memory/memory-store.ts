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
  WindowRequest,
} from "../../contracts/store.ts"
import { peekEnvelope } from "../../entry/envelope.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { isTagClockKey } from "../../entry/tag-address.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { systemRandom } from "../../internal/random.ts"
import { Waiters } from "../waiters.ts"
import { extended, isOlder, opened, raised, remaining, voided, type ControlRecord } from "./control-record.ts"
import { decideLease } from "./lease-decision.ts"
import { EntryShelf } from "./entry-shelf.ts"
import { inProcessHealth } from "./in-process-health.ts"
import { InProcessTags } from "./in-process-tags.ts"
import { MemoryCoherence } from "./memory-coherence.ts"
import { sweepShelves } from "./memory-sweep.ts"
import type { MemoryStore, MemoryStoreOptions } from "./memory-store-options.ts"
import { MemoryEvents } from "./memory-events.ts"
import { MemoryTagIndex } from "./memory-tag-index.ts"
import { RecordShelf } from "./record-shelf.ts"
import { dropByOpen, openedStrictly } from "./strict-record.ts"
import { TagShelf } from "./tag-shelf.ts"
import { wholeMs } from "./whole-ms.ts"

export type { MemoryStore } from "./memory-store-options.ts"

/** Creates a store in this process, with the semantics of the Redis store and no server. */
export function memoryStore(options: MemoryStoreOptions): MemoryStore {
  return new InProcessStore(options)
}

const noBytes = Buffer.alloc(0)

class InProcessStore extends InProcessTags implements MemoryStore {
  readonly kind = "memory"
  readonly coherence: MemoryCoherence = new MemoryCoherence()
  readonly tagIndex: MemoryTagIndex
  readonly events: MemoryEvents
  readonly sweepKeys: Store["sweepKeys"] = (sweep) =>
    sweepShelves([this.#entries, this.#records], sweep, () => this.assertOpen())
  readonly dropCopies: Store["dropCopies"] = async (cache) => this.coherence.changed({ is: "cache", cache })
  readonly #waiters = new Waiters()
  readonly #generation = {}
  readonly #run: string
  readonly #now: () => number
  readonly #entries: EntryShelf
  readonly #records: RecordShelf
  protected readonly tags: TagShelf
  #closed = false

  constructor(options: MemoryStoreOptions) {
    super()
    const { clock, random = systemRandom, maxEntries = 100_000, maxBytes = 64 * 1024 * 1024 } = options
    const originMs = clock.now() - clock.monotonic()
    this.#run = random.token().slice(0, 16)
    this.#now = () => Math.floor(originMs + clock.monotonic())
    this.#entries = new EntryShelf({ maxEntries, maxBytes, now: this.#now })
    this.#records = new RecordShelf({ maxEntries, now: this.#now })
    this.tags = new TagShelf({ maxEntries, now: this.#now, random, onChange: this.coherence.changed })
    this.events = new MemoryEvents({ random, now: this.#now, assertOpen: () => this.assertOpen() })
    const shelves = { tags: this.tags, entries: this.#entries, records: this.#records, now: this.#now }
    this.tagIndex = new MemoryTagIndex({ ...shelves, assertOpen: () => this.assertOpen() })
  }

  now(_address: EntryAddress): number {
    return this.#now()
  }

  async look(address: EntryAddress): Promise<Buffer | undefined> {
    this.assertOpen()
    return this.#entries.get(address.value)
  }

  async lookAgain(address: EntryAddress): Promise<SecondOpinion> {
    return { bytes: await this.look(address), distrust: () => {} }
  }

  async lease(address: EntryAddress, request: LeaseRequest): Promise<LeaseAnswer> {
    this.assertOpen()
    const usable = this.#entries.find(address.value, request.rejected)
    const record = this.#records.get(address.control)
    const { is, record: next } = decideLease({ usable, record, nowMs: this.#now(), run: this.#run }, request)
    if (next !== undefined) this.#records.put(address.control, next)
    const grant = { address, token: request.token, generation: this.#generation }
    const bytes = usable?.bytes ?? noBytes
    if (is === "win") return { is, grant }
    if (is === "stale-win") return { is, grant, bytes }
    return is === "hit" || is === "stale" ? { is, bytes } : { is }
  }

  async extendLease(grant: LeaseGrant, leaseMs: number): Promise<"held" | "gone"> {
    const { address } = grant
    const record = this.#recordUnder(grant)
    if (record?.lease === undefined || !this.isCurrent(grant)) return "gone"
    const deadlineMs = Math.max(record.lease.deadlineMs, this.#now() + wholeMs(leaseMs))
    this.#records.put(address.control, { ...record, lease: { ...record.lease, deadlineMs } })
    return "held"
  }

  async fill(grant: LeaseGrant, entry: StoredEntry): Promise<FillAnswer> {
    const { address } = grant
    if (!this.isCurrent(grant)) throw notOurs()
    const record = this.#recordUnder(grant)
    if (record?.lease === undefined) return "lost"
    const older = this.#isOlder(peekEnvelope(entry.bytes)?.version, record, address)
    if (!older) this.#entries.put(address.value, entry)
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, older ? "released" : "filled")
    return older ? "older" : "stored"
  }

  async keepUnchanged(grant: LeaseGrant, request: RenewRequest): Promise<KeepAnswer> {
    const { address } = grant
    if (!this.isCurrent(grant)) throw notOurs()
    const record = this.#recordUnder(grant)
    if (record?.lease === undefined) return "lost"
    const answer = this.#entries.keepUnchanged(address.value, request, record)
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, answer === "kept" ? "filled" : "released")
    return answer
  }

  async renew(address: EntryAddress, request: RenewRequest): Promise<"renewed" | "other"> {
    this.assertOpen()
    return this.#entries.renew(address.value, request) ? "renewed" : "other"
  }

  async releaseLease(grant: LeaseGrant, outcome: "failed" | "abandoned"): Promise<void> {
    const { address } = grant
    const record = this.#recordUnder(grant)
    if (record?.lease === undefined) return
    this.#records.put(address.control, { ...record, lease: undefined })
    if (record.lease.waited) this.#wake(address, outcome === "failed" ? "failed" : "released")
  }

  async invalidate(address: EntryAddress, request: InvalidateRequest): Promise<void> {
    this.assertOpen()
    this.#invalidate(address, this.#records.get(address.control), request)
  }

  async openWindow(address: EntryAddress, request: WindowRequest): Promise<WindowGrant> {
    this.assertOpen()
    const { id, windowMs, strict } = request
    const record = this.#records.get(address.control)
    const nowMs = this.#now()
    const window = { id, deadlineMs: nowMs + wholeMs(windowMs) }
    if (strict === undefined) this.#records.put(address.control, opened(record, window))
    else this.#drop(address, openedStrictly(record, strict, window, nowMs), dropByOpen(strict))
    return { address, id, generation: this.#generation }
  }

  async extendWindow(grant: WindowGrant, windowMs: number): Promise<"held" | "gone"> {
    this.assertOpen()
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
    this.assertOpen()
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
    this.assertOpen()
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

  runOf(_address: EntryAddress): string {
    return this.#run
  }

  isCurrent(grant: LeaseGrant | WindowGrant): boolean {
    return grant.generation === this.#generation
  }

  onWake(address: EntryAddress, wake: (reason: WakeReason) => void): () => void {
    return this.#waiters.add(address.value, wake)
  }

  async inspect({ value, control }: EntryAddress): Promise<Inspection> {
    this.assertOpen()
    const underWay = remaining(this.#records.get(control), this.#now())
    return { bytes: this.#entries.get(value), keepMs: this.#entries.keepMsOf(value), ...underWay }
  }

  async health(): Promise<readonly NodeHealth[]> {
    return [inProcessHealth(this.#closed)]
  }

  evict(key: string): void {
    this.#entries.evict(key)
    this.#records.evict(key)
    this.tags.evict(key)
    this.events.evict(key)
    if (isTagClockKey(key)) this.tags.evictClock()
  }

  async close(_options: { readonly timeoutMs: number }): Promise<void> {
    this.#closed = true
    this.#entries.clear()
    this.#records.clear()
    this.tags.clear()
  }

  protected assertOpen(): void {
    if (this.#closed) throw new HoldfastError("CLOSED", "The in-process store is closed.")
  }

  /** The record of a lease that is still held. */
  #recordUnder({ address, token }: LeaseGrant): ControlRecord | undefined {
    this.assertOpen()
    const record = this.#records.get(address.control)
    return record.lease?.token === token ? record : undefined
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
    this.#drop(address, voided(record), request)
  }

  #drop(address: EntryAddress, record: ControlRecord, request: InvalidateRequest): void {
    const { version, tombstoneMs } = request
    const dropped = this.#entries.drop(address.value, request)
    const untilMs = this.#now() + wholeMs(tombstoneMs)
    this.#records.put(address.control, raised(raised(record, version, untilMs), dropped, untilMs))
    this.#wake(address, "invalidated")
  }

  #wake(address: EntryAddress, reason: WakeReason): void {
    if (reason === "invalidated") this.coherence.changed({ is: "key", key: address.value })
    queueMicrotask(() => this.#waiters.wake(address.value, reason))
  }
}

function notOurs(): HoldfastError {
  return new HoldfastError("GENERATION_CHANGED", "The lease is another store's.")
}
