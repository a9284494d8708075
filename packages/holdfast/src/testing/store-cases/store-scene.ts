import assert from "node:assert/strict"
import type {
  FillAnswer,
  InvalidateRequest,
  LeaseAnswer,
  LeaseGrant,
  Store,
  StoredEntry,
  StrictTerm,
} from "../../contracts/store.ts"
import type { WakeReason, WindowGrant } from "../../contracts/store.ts"
import { entryIdOf, openEnvelope, sealEnvelope } from "../../entry/envelope.ts"
import { EntryAddress } from "../../entry/key.ts"
import { tagAddress, tagClockAddress } from "../../entry/tag-address.ts"
import type { TagStamp } from "../../entry/tag-stamp.ts"
import { encodeVersion } from "../../entry/version.ts"
import { systemRandom } from "../../internal/random.ts"
import { StoreTag } from "./store-tag.ts"

/** A store under test, with the hands of the world around it. */
export interface StoreSubject {
  /** The store that must keep the contract. */
  readonly store: Store
  /** Of the store, and of no other that is used at the same time: its tag clock belongs to one case. */
  readonly namespace: string
  /** Lets time pass for the store: moves its virtual clock, or waits. */
  advance(ms: number): Promise<void>
  /** Removes a key at once, as eviction does. */
  evict(key: string): Promise<void>
  /** Makes the server forget every script; does nothing where there are none. */
  forgetScripts(): Promise<void>
  /** Ends the store and what was started for it. */
  close(): Promise<void>
}

/** One case: a promise of the contract and the proof of it. */
export interface StoreCase {
  readonly name: string
  readonly run: (scene: StoreScene) => Promise<void>
}

/** Long enough never to end within a case. */
const longMs = 60_000

export interface LeaseOptions {
  readonly leaseMs?: number
  readonly rejected?: string | undefined
  readonly early?: string | undefined
  readonly strict?: StrictTerm
}

export interface EntryOptions {
  readonly version?: number | undefined
  readonly freshMs?: number
  /** Long past its ttl. */
  readonly stale?: boolean
  readonly keepMs?: number
  readonly stamp?: TagStamp
  readonly run?: string | undefined
}

export interface ChangeOptions {
  readonly mode?: "drop" | "expire"
  readonly graceMs?: number
  readonly version?: number | undefined
  readonly tombstoneMs?: number
}

/** The subject of one case, and keys of its own. */
export class StoreScene {
  readonly subject: StoreSubject
  readonly store: Store

  constructor(subject: StoreSubject) {
    this.subject = subject
    this.store = subject.store
  }

  /** A key that nobody else uses. */
  key(suffix: string = ""): StoreKey {
    return new StoreKey(this.store, `conformance:{entry:${systemRandom.token()}${suffix}}`)
  }

  /** The key of this name. */
  keyNamed(name: string): StoreKey {
    return new StoreKey(this.store, name)
  }

  /** A tag that nobody else uses. */
  tag(): StoreTag {
    return new StoreTag(this.subject, tagAddress(this.subject.namespace, systemRandom.token()))
  }

  /** Makes the store forget its tag clock. */
  forgetTagClock(): Promise<void> {
    return this.subject.evict(tagClockAddress(this.subject.namespace).key)
  }

  advance(ms: number): Promise<void> {
    return this.subject.advance(ms)
  }

  /** Waits until something has happened that comes by push. */
  async until(happened: () => boolean): Promise<void> {
    for (let turn = 0; turn < 200 && !happened(); turn++) await this.advance(10)
    assert.ok(happened(), "nothing was pushed within 2 s")
  }
}

/** The calls of the contract for one key, in the words of the cases. */
export class StoreKey {
  readonly address: EntryAddress
  readonly #store: Store

  constructor(store: Store, key: string) {
    this.#store = store
    this.address = new EntryAddress(key)
  }

  /** Text of the entry that a look finds. */
  async text(): Promise<string | undefined> {
    return this.textOf(await this.#store.look(this.address))
  }

  textOf(bytes: Buffer | undefined): string | undefined {
    if (bytes === undefined) return undefined
    const opened = openEnvelope(bytes, this.address, 0)
    return opened.is === "entry" ? opened.payload.toString("utf8", opened.payloadStart) : `(${opened.is})`
  }

  lease({ leaseMs = longMs, rejected, early, strict }: LeaseOptions = {}): Promise<LeaseAnswer> {
    return this.#store.lease(this.address, { token: systemRandom.token(), leaseMs, rejected, early, strict })
  }

  /** A lease that must be granted. */
  async win(options: LeaseOptions = {}): Promise<LeaseGrant> {
    const answer = await this.lease(options)
    assert.ok("grant" in answer, `expected to win a lease, the answer was "${answer.is}"`)
    return answer.grant
  }

  entry(
    text: string,
    { version, freshMs = longMs, stale = false, keepMs = longMs, stamp, run }: EntryOptions = {},
  ): StoredEntry {
    const nowMs = this.#store.now(this.address)
    const fields = {
      address: this.address,
      id: systemRandom.token(),
      createdMs: nowMs,
      freshUntilMs: stale ? nowMs - longMs : nowMs + freshMs,
      costUs: 0,
      shape: 0,
      version: version === undefined ? undefined : encodeVersion(version),
      stamp,
      run,
      negative: false,
    }
    return { bytes: sealEnvelope(fields, text), keepMs }
  }

  fillUnder(grant: LeaseGrant, text: string, options: EntryOptions = {}): Promise<FillAnswer> {
    return this.#store.fill(grant, this.entry(text, options))
  }

  /** Id of the entry that a look must find. */
  async id(): Promise<string> {
    const id = entryIdOf((await this.#store.look(this.address)) ?? Buffer.alloc(0))
    assert.ok(id !== undefined, "expected an entry")
    return id
  }

  /** Puts an entry there by the way of a read. */
  async stock(text: string, options: EntryOptions = {}): Promise<void> {
    assert.equal(await this.fillUnder(await this.win(), text, options), "stored")
  }

  invalidate(options: ChangeOptions = {}): Promise<void> {
    return this.#store.invalidate(this.address, changeOf(options))
  }

  open(windowMs: number = longMs, strict?: StrictTerm): Promise<WindowGrant> {
    return this.#store.openWindow(this.address, { id: systemRandom.token(), windowMs, strict })
  }

  close(
    grant: WindowGrant,
    text: string | undefined,
    options: EntryOptions & ChangeOptions = {},
  ): Promise<"stored" | "invalidated"> {
    return this.#store.closeWindow(grant, text === undefined ? undefined : this.entry(text, options), changeOf(options))
  }

  put(
    text: string,
    version: number,
    options: EntryOptions & ChangeOptions = {},
  ): Promise<"stored" | "older" | "invalidated"> {
    const named = { ...options, version }
    return this.#store.putVersioned(this.address, this.entry(text, named), changeOf(named))
  }

  /** Collects the reasons of every wake-up. */
  listen(): { readonly reasons: WakeReason[]; readonly end: () => void } {
    const reasons: WakeReason[] = []
    return { reasons, end: this.#store.onWake(this.address, (reason) => void reasons.push(reason)) }
  }
}

function changeOf({
  mode = "drop",
  graceMs = longMs,
  version,
  tombstoneMs = longMs,
}: ChangeOptions): InvalidateRequest {
  return { mode, graceMs, version: version === undefined ? undefined : encodeVersion(version), tombstoneMs }
}
