import type { Clock } from "../../contracts/clock.ts"
import type { Coherence } from "../../contracts/coherence.ts"
import type { Invalidation } from "../../contracts/losses.ts"
import type { Random } from "../../contracts/random.ts"
import type { RedisReply } from "../../contracts/redis-client.ts"
import type { RedisConnection, SendOptions } from "../../contracts/redis-connection.ts"
import type {
  FillAnswer,
  InvalidateRequest,
  KeepAnswer,
  LeaseAnswer,
  LeaseGrant,
  LeaseRequest,
  RenewRequest,
  SecondOpinion,
  Store,
  StoredEntry,
  WakeReason,
  WindowGrant,
  WindowRequest,
} from "../../contracts/store.ts"
import type { BeginTagRequest, BegunTag, CompleteTagRequest, TagClock, TagRecord } from "../../contracts/tag-store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { extendLease, extendLeaseCall } from "../../scripts/generated/extend-lease.ts"
import { extendWindow, extendWindowCall } from "../../scripts/generated/extend-window.ts"
import { fill, fillCall } from "../../scripts/generated/fill.ts"
import { invalidate, invalidateCall } from "../../scripts/generated/invalidate.ts"
import { keepUnchanged, keepUnchangedCall } from "../../scripts/generated/keep-unchanged.ts"
import { lease, leaseCall } from "../../scripts/generated/lease.ts"
import { openWindow, openWindowCall } from "../../scripts/generated/open-window.ts"
import { putVersioned, putVersionedCall } from "../../scripts/generated/put-versioned.ts"
import { renew, renewCall } from "../../scripts/generated/renew.ts"
import { releaseLease, releaseLeaseCall } from "../../scripts/generated/release-lease.ts"
import { changeOf } from "./change.ts"
import { inspectEntry } from "./inspection.ts"
import { boundTo, noGeneration } from "./grant-generation.ts"
import { RedisEvents } from "./redis-events.ts"
import { LeaseShortcuts } from "./lease-shortcuts.ts"
import { anySlot } from "./look-batch.ts"
import { Looks } from "./looks.ts"
import { redisHealth } from "./redis-health.ts"
import { RedisTagIndex } from "./redis-tag-index.ts"
import { RedisTags } from "./redis-tags.ts"
import { getBytes, unexpectedReply } from "./replies.ts"
import type { ReplayLog } from "./replay/replay-log.ts"
import { ScriptCalls } from "./script-calls.ts"
import { StrictEntries } from "./strict-entries.ts"
import { StepwiseInvalidation } from "./stepwise-invalidation.ts"
import { sweepRedis } from "./sweep/redis-sweep.ts"
import { dropCopies } from "./sweep/drop-copies.ts"
import { WakeChannel } from "./wake-channel.ts"
import { WindowClosing } from "./window-closing.ts"

/** What a Redis store works on. */
export interface RedisStoreOptions {
  readonly connection: RedisConnection
  /** Names the channel on which waiters are woken: `<namespace>:wake`. */
  readonly namespace: string
  readonly clock: Clock
  /** Names the eras of the tag clock. */
  readonly random: Random
  /** Whether to use newer commands instead of scripts where the server has them. Default true; off, all is done by the scripts. */
  readonly accelerate?: boolean
  /** How near caches of what it holds are kept right. The store owns it: `close` closes it. */
  readonly coherence?: Coherence & { close(): void }
  /** Remembers what was invalidated, for servers that lose it. The store owns it as well. Absent: what is lost stays lost. */
  readonly losses?: ReplayLog
}

/** Creates a store on Redis or Valkey. It owns the connection: `close` closes it. */
export function redisStore(options: RedisStoreOptions): Store {
  return new RedisStore(options)
}

class RedisStore implements Store {
  readonly kind = "redis"
  readonly coherence?: Coherence & { close(): void }
  readonly losses?: ReplayLog
  readonly tagIndex: RedisTagIndex
  readonly events: RedisEvents
  readonly sweepKeys: Store["sweepKeys"]
  readonly inspect: Store["inspect"] = (address) => inspectEntry(this.#connection, address)
  readonly health: Store["health"] = () => redisHealth(this.#connection, this.#clock)
  readonly runOf: Store["runOf"] = (address) => this.#strict.runOf(address)
  readonly readTagClock: Store["readTagClock"] = () => this.#tags.readTagClock()
  readonly advanceTagClock: Store["advanceTagClock"] = () => this.#tags.advanceTagClock()
  readonly dropCopies: Store["dropCopies"] = (cache) => dropCopies(this.#connection, this.#channel, cache)
  readonly #connection: RedisConnection
  readonly #scripts: ScriptCalls
  readonly #clock: Clock
  readonly #channel: string
  readonly #looks: Looks
  readonly #shortcuts: LeaseShortcuts | undefined
  readonly #wakes: WakeChannel
  readonly #tags: RedisTags
  readonly #strict: StrictEntries
  readonly #stepwise: StepwiseInvalidation
  readonly #closing: WindowClosing

  constructor({ connection, namespace, clock, random, accelerate = true, coherence, losses }: RedisStoreOptions) {
    if (coherence !== undefined) this.coherence = coherence
    if (losses !== undefined) this.losses = losses
    losses?.attach(connection)
    this.#connection = connection
    this.#scripts = new ScriptCalls(connection)
    this.#clock = clock
    this.sweepKeys = (sweep) => sweepRedis({ connection, clock, random }, sweep)
    this.#looks = new Looks(connection)
    this.#shortcuts = accelerate ? new LeaseShortcuts(connection, clock) : undefined
    this.#wakes = new WakeChannel(connection, namespace)
    this.#channel = this.#wakes.name
    const stepwise = new StepwiseInvalidation(connection, this.#channel)
    this.#stepwise = stepwise
    const shared = { connection, scripts: this.#scripts, looks: this.#looks, channel: this.#channel }
    const isCurrent = (grant: WindowGrant) => this.isCurrent(grant)
    this.#closing = new WindowClosing({ scripts: this.#scripts, stepwise, channel: this.#channel, isCurrent })
    this.#tags = new RedisTags({ ...shared, namespace, random })
    this.tagIndex = new RedisTagIndex({ ...shared, tags: this.#tags, random })
    this.events = new RedisEvents({ connection, clock, random })
    this.#strict = new StrictEntries(connection, this.#scripts, this.#channel)
  }

  // Where all slots are on one server, hits do not pay for computing theirs.
  now(address: EntryAddress): number {
    return this.#connection.serverNow(this.#connection.sharesSlots ? anySlot : address.slot)
  }

  look(address: EntryAddress): Promise<Buffer | undefined> {
    return this.#looks.look(address.value, address)
  }

  async lookAgain({ value, slot }: EntryAddress): Promise<SecondOpinion> {
    const connection = this.#connection
    const generation = connection.generation(slot)
    const bytes = await getBytes(connection, slot, value, { fresh: true })
    const why = "a look was answered with another key's entry"
    return { bytes, distrust: () => connection.distrust(slot, why, generation) }
  }

  async lease(address: EntryAddress, request: LeaseRequest): Promise<LeaseAnswer> {
    const { token, leaseMs, rejected = "", early = "", strict } = request
    if (strict !== undefined) return this.#strict.lease(address, { ...request, strict })
    const { value, control, slot } = address
    const call = leaseCall({ value, control, token, leaseMs, rejected, early })
    const { reply, generation } = await this.#scripts.run(slot, lease, call)
    const [word, bytes] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : []
    const is = this.#scripts.word(slot, lease, { reply: word ?? null, generation }, leaseAnswers)
    const grant = { address, token, generation: generation ?? noGeneration }
    if (is === "win") return { is, grant: this.#shortcuts?.granted(grant, bytes, leaseMs) ?? grant }
    if (is === "wait") return { is }
    if (!Buffer.isBuffer(bytes)) throw unexpectedReply(this.#connection, slot, lease.name, generation)
    return is === "stale-win" ? { is, bytes, grant } : { is, bytes }
  }

  async extendLease(grant: LeaseGrant, leaseMs: number): Promise<"held" | "gone"> {
    if (await this.#shortcuts?.extend(grant, leaseMs)) return "held"
    if (!this.isCurrent(grant)) return "gone"
    const { control, slot } = grant.address
    const call = extendLeaseCall({ control, token: grant.token, leaseMs })
    return this.#scripts.ask(slot, extendLease, call, ["held", "gone"])
  }

  async fill({ address, token, generation }: LeaseGrant, { bytes, keepMs }: StoredEntry): Promise<FillAnswer> {
    const { value, control, slot } = address
    const call = fillCall({ value, control, token, entry: bytes, keepMs, channel: this.#channel })
    return this.#scripts.ask(slot, fill, call, ["stored", "lost", "older"], boundTo(generation))
  }

  async keepUnchanged({ address, token, generation }: LeaseGrant, request: RenewRequest): Promise<KeepAnswer> {
    const { value, control, slot } = address
    const call = keepUnchangedCall({ value, control, token, ...request, channel: this.#channel })
    return this.#scripts.ask(slot, keepUnchanged, call, ["kept", "lost", "older", "gone"], boundTo(generation))
  }

  async renew({ value, slot }: EntryAddress, request: RenewRequest): Promise<"renewed" | "other"> {
    return this.#scripts.ask(slot, renew, renewCall({ value, ...request }), ["renewed", "other"])
  }

  async releaseLease(grant: LeaseGrant, outcome: "failed" | "abandoned"): Promise<void> {
    // Without one the script leaves in this turn, before whatever is asked next.
    const shortcut = this.#shortcuts?.release(grant)
    if (shortcut !== undefined && (await shortcut)) return
    const { address, token } = grant
    const { value, control, slot } = address
    const reason = outcome === "failed" ? "x" : "r"
    const call = releaseLeaseCall({ control, token, reason, channel: this.#channel, valueKey: value })
    await this.#connection.script(slot, releaseLease, ...call)
  }

  async invalidate(address: EntryAddress, request: InvalidateRequest): Promise<void> {
    const { value, control, slot } = address
    const call = invalidateCall({ value, control, ...changeOf(request), channel: this.#channel })
    await this.#remembered(slot, { address, request }, (sending) => {
      const ask = () => this.#scripts.ask(slot, invalidate, call, ["invalidated"], sending)
      return this.#stepwise.orElse(address, request, ask, sending)
    })
  }

  async openWindow(address: EntryAddress, request: WindowRequest): Promise<WindowGrant> {
    const { id, windowMs, strict } = request
    if (strict !== undefined) return this.#strict.openWindow(address, { ...request, strict })
    const { control, slot } = address
    const sent = await this.#scripts.run(slot, openWindow, openWindowCall({ control, id, windowMs }))
    this.#scripts.word(slot, openWindow, sent, ["opened"])
    return { address, id, generation: sent.generation ?? noGeneration }
  }

  async extendWindow(grant: WindowGrant, windowMs: number): Promise<"held" | "gone"> {
    const { control, slot } = grant.address
    const call = extendWindowCall({ control, id: grant.id, windowMs })
    return this.#scripts.ask(slot, extendWindow, call, ["held", "gone"])
  }

  closeWindow(
    grant: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
  ): Promise<"stored" | "invalidated"> {
    const { address } = grant
    const close = (sending: SendOptions) => this.#closing.close(grant, entry, request, sending)
    return this.#remembered(address.slot, { address, request }, close)
  }

  async putVersioned(
    address: EntryAddress,
    { bytes, keepMs }: StoredEntry,
    request: InvalidateRequest,
  ): Promise<"stored" | "older" | "invalidated"> {
    const { value, control, slot } = address
    const channel = this.#channel
    const call = putVersionedCall({ value, control, entry: bytes, keepMs, ...changeOf(request), channel })
    const put = (sending: SendOptions) => {
      const ask = () => this.#scripts.ask(slot, putVersioned, call, putAnswers, sending)
      return this.#stepwise.orElse(address, request, ask, sending)
    }
    return (await this.#remembered(slot, { address, request }, put)) ?? "invalidated"
  }

  isCurrent({ address, generation }: LeaseGrant | WindowGrant): boolean {
    return generation === this.#connection.generation(address.slot)
  }

  onWake({ value }: EntryAddress, wake: (reason: WakeReason) => void): () => void {
    return this.#wakes.add(value, wake)
  }

  lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]> {
    return this.#tags.lookTags(tags)
  }

  beginTag(tag: TagAddress, request: BeginTagRequest): Promise<BegunTag> {
    return this.#tags.beginTag(tag, request)
  }

  completeTag(tag: TagAddress, request: CompleteTagRequest): Promise<"complete" | "other"> {
    return this.#tags.completeTag(tag, request)
  }

  invalidateTag(tag: TagAddress, clock: TagClock): Promise<void> {
    return this.#remembered(tag.slot, { tag }, (sending) => this.#tags.invalidateTag(tag, clock, sending))
  }

  async close(options: { readonly timeoutMs: number }): Promise<void> {
    this.#wakes.end()
    this.coherence?.close()
    this.losses?.close()
    await this.#connection.close(options)
  }

  #remembered<T>(slot: number, invalidation: Invalidation, run: (sending: SendOptions) => Promise<T>): Promise<T> {
    return this.losses === undefined ? run({}) : this.losses.acknowledged(slot, invalidation, run)
  }
}

const leaseAnswers = ["hit", "win", "wait", "stale", "stale-win"] as const
const putAnswers = ["stored", "older", "invalidated"] as const
