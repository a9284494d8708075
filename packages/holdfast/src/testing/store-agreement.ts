import assert from "node:assert/strict"
import type { InvalidateRequest, LeaseGrant, Store, StoredEntry, WindowGrant } from "../contracts/store.ts"
import { entryIdOf, sealEnvelope } from "../entry/envelope.ts"
import { EntryAddress } from "../entry/key.ts"
import { encodeVersion } from "../entry/version.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { systemRandom } from "../internal/random.ts"
import type { StoreSubject } from "./store-cases/store-scene.ts"

/** One call for one key. `short` things end before the next step; `grant` and `window` count what was granted so far. */
export type StoreStep =
  | { readonly does: "lease"; readonly short: boolean; readonly rejects: boolean }
  | { readonly does: "extend-lease"; readonly grant: number }
  | { readonly does: "release-lease"; readonly grant: number; readonly failed: boolean }
  | ({ readonly does: "fill"; readonly grant: number } & EntryStep)
  | ({ readonly does: "invalidate" } & ChangeStep)
  | { readonly does: "open-window"; readonly short: boolean }
  | { readonly does: "extend-window"; readonly window: number }
  | ({ readonly does: "close-window"; readonly window: number; readonly empty: boolean } & EntryStep & ChangeStep)
  | ({ readonly does: "put" } & EntryStep & ChangeStep)
  | { readonly does: "evict"; readonly what: "value" | "control" }

/** The entry that a step stores, if the store lets it. */
export interface EntryStep {
  /** `garbage`: bytes that are no entry. */
  readonly entry: "fresh" | "stale" | "garbage"
  /** Undefined: none. */
  readonly entryVersion: number | undefined
  /** Whether the entry leaves the store before the next step. */
  readonly short: boolean
}

/** The invalidation that a step asks for, or falls back to. */
export interface ChangeStep {
  /** As of `InvalidateRequest`. */
  readonly mode: "drop" | "expire"
  /** Of the change; undefined: not known. */
  readonly version: number | undefined
  /** Whether the tombstone, and the grace of what is expired, end before the next step. */
  readonly short: boolean
}

/** What one step is made of, the same for both stores. */
interface Material {
  readonly token: string
  readonly bytes: Buffer
}

const longMs = 60_000
const shortMs = 1
const pastShortMs = 10

/**
 * Plays one history on two stores and compares every answer, and what a look and an inspection see after it.
 *
 * That a model in this process agrees with the server, history after history, is what makes it a model.
 * Rejects with an AssertionError that tells the step.
 */
export async function compareStores(
  left: StoreSubject,
  right: StoreSubject,
  history: readonly StoreStep[],
): Promise<void> {
  const address = new EntryAddress(`agreement:{entry:${systemRandom.token()}}`)
  const players = [new Player(left, address), new Player(right, address)] as const
  for (const [at, step] of history.entries()) {
    const material = materialFor(step, address, left.store, at)
    const [one, other] = await Promise.all(players.map((player) => player.play(step, material)))
    assert.deepEqual(other, one, `step ${at}: ${JSON.stringify(step)}`)
  }
}

/** One of the two stores, with what it has granted so far. */
class Player {
  readonly #subject: StoreSubject
  readonly #address: EntryAddress
  readonly #grants: LeaseGrant[] = []
  readonly #windows: WindowGrant[] = []

  constructor(subject: StoreSubject, address: EntryAddress) {
    this.#subject = subject
    this.#address = address
  }

  async play(step: StoreStep, material: Material): Promise<Record<string, unknown>> {
    const answer = await this.#answer(step, material).catch(codeOf)
    if ("short" in step && step.short) await this.#subject.advance(pastShortMs)
    const { bytes, keepMs, lease, windows, tombstone } = await this.#subject.store.inspect(this.#address)
    const found = await this.#subject.store.look(this.#address)
    return {
      answer,
      found: found?.toString("latin1"),
      inspected: bytes?.toString("latin1"),
      kept: keepMs !== undefined,
      lease: lease && phaseOf(lease.remainingMs),
      windows: windows.map((window) => window.overlapped),
      tombstone: tombstone && `${tombstone.version} ${phaseOf(tombstone.remainingMs)}`,
    }
  }

  async #answer(step: StoreStep, { token, bytes }: Material): Promise<unknown> {
    const { store } = this.#subject
    const address = this.#address
    switch (step.does) {
      case "lease":
        return this.#lease(step, token)
      case "extend-lease":
        return store.extendLease(this.#grant(step.grant), longMs)
      case "release-lease":
        return store.releaseLease(this.#grant(step.grant), step.failed ? "failed" : "abandoned")
      case "fill":
        return store.fill(this.#grant(step.grant), entryOf(step, bytes))
      case "invalidate":
        return store.invalidate(address, changeOf(step))
      case "open-window":
        this.#windows.push(await store.openWindow(address, { id: token, windowMs: lifeOf(step) }))
        return undefined
      case "extend-window":
        return store.extendWindow(this.#window(step.window), longMs)
      case "close-window": {
        const entry = step.empty ? undefined : entryOf(step, bytes)
        return store.closeWindow(this.#window(step.window), entry, changeOf(step))
      }
      case "put":
        return store.putVersioned(address, entryOf(step, bytes), changeOf(step))
      case "evict":
        return this.#subject.evict(address[step.what])
    }
  }

  async #lease(step: { short: boolean; rejects: boolean }, token: string): Promise<unknown> {
    const { store } = this.#subject
    const stored = step.rejects ? await store.look(this.#address) : undefined
    const rejected = stored && entryIdOf(stored)
    const answer = await store.lease(this.#address, { token, leaseMs: lifeOf(step), rejected })
    if ("grant" in answer) this.#grants.push(answer.grant)
    return [answer.is, "bytes" in answer ? answer.bytes.toString("latin1") : undefined]
  }

  /** Without any grant so far, one of nobody's: it is refused. */
  #grant(at: number): LeaseGrant {
    const none = { address: this.#address, token: "0".repeat(32), generation: {} }
    return this.#grants[at % this.#grants.length] ?? none
  }

  #window(at: number): WindowGrant {
    return this.#windows[at % this.#windows.length] ?? { address: this.#address, id: "0".repeat(32), generation: {} }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof HoldfastError) return error.code
  throw error
}

function materialFor(step: StoreStep, address: EntryAddress, store: Store, at: number): Material {
  const token = systemRandom.token()
  if (!("entry" in step)) return { token, bytes: Buffer.alloc(0) }
  if (step.entry === "garbage") return { token, bytes: Buffer.from(`garbage of step ${at}`) }
  const nowMs = store.now(address)
  const fields = {
    address,
    id: token,
    createdMs: nowMs,
    freshUntilMs: step.entry === "fresh" ? nowMs + longMs : 1,
    costUs: at,
    shape: 0,
    version: step.entryVersion === undefined ? undefined : encodeVersion(step.entryVersion),
    negative: false,
  }
  return { token, bytes: sealEnvelope(fields, `step ${at}`) }
}

function entryOf(step: EntryStep, bytes: Buffer): StoredEntry {
  return { bytes, keepMs: lifeOf(step) }
}

function changeOf(step: ChangeStep): InvalidateRequest {
  const version = step.version === undefined ? undefined : encodeVersion(step.version)
  return { mode: step.mode, graceMs: lifeOf(step), version, tombstoneMs: lifeOf(step) }
}

function lifeOf({ short }: { readonly short: boolean }): number {
  return short ? shortMs : longMs
}

function phaseOf(remainingMs: number): "running" | "over" {
  return remainingMs > 0 ? "running" : "over"
}
