import type { RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection } from "../../contracts/redis-connection.ts"
import type { LeaseAnswer, LeaseRequest, StrictTerm, WindowGrant, WindowRequest } from "../../contracts/store.ts"
import { digestOf } from "../../entry/digest.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { hasCode, HoldfastError } from "../../errors/holdfast-error.ts"
import { invalidateValue, invalidateValueCall } from "../../scripts/generated/invalidate-value.ts"
import { leaseStrict, leaseStrictCall } from "../../scripts/generated/lease-strict.ts"
import { openStrictControl, openStrictControlCall } from "../../scripts/generated/open-strict-control.ts"
import { openStrictWindow, openStrictWindowCall } from "../../scripts/generated/open-strict-window.ts"
import { raiseTombstone, raiseTombstoneCall } from "../../scripts/generated/raise-tombstone.ts"
import { noGeneration } from "./grant-generation.ts"
import { orWhereMoving, textOf, unexpectedReply } from "./replies.ts"
import type { ScriptCalls } from "./script-calls.ts"

/** The reads and writes of a Redis store whose entries are strict (R6): each names the run of the server that it is sent to. */
export class StrictEntries {
  readonly #connection: RedisConnection
  readonly #scripts: ScriptCalls
  readonly #channel: string

  constructor(connection: RedisConnection, scripts: ScriptCalls, channel: string) {
    this.#connection = connection
    this.#scripts = scripts
    this.#channel = channel
  }

  runOf({ slot }: EntryAddress): string | undefined {
    const generation = this.#connection.generation(slot)
    return generation && runOf(generation)
  }

  /** The lease is granted by the run that it names or not at all: another server may know nothing of the windows of this one. */
  async lease(address: EntryAddress, request: LeaseRequest & { readonly strict: StrictTerm }): Promise<LeaseAnswer> {
    try {
      return await this.#leaseOn(await this.#generation(address.slot), address, request)
    } catch (error) {
      if (hasCode(error, "GENERATION_CHANGED")) return { is: "no-fill" }
      throw error
    }
  }

  /** A record that another server makes names a run that is not its own, and is made anew there by whoever asks for a lease. */
  async openWindow(
    address: EntryAddress,
    request: WindowRequest & { readonly strict: StrictTerm },
  ): Promise<WindowGrant> {
    const { value, control, slot } = address
    const { id, windowMs: termMs, strict } = request
    const window = { id, termMs, run: this.runOf(address) ?? unknownRun, keepMs: strict.keepMs }
    const call = openStrictWindowCall({ value, control, ...window, ...strict, channel: this.#channel })
    const opened = async (): Promise<WindowGrant> => {
      const sent = await this.#scripts.run(slot, openStrictWindow, call)
      this.#scripts.word(slot, openStrictWindow, sent, ["opened"])
      return { address, id, generation: sent.generation ?? noGeneration }
    }
    const stepwise = () =>
      this.#openStepwise(address, openStrictControlCall({ control, ...window }), strict.tombstoneMs)
    return (await orWhereMoving(opened, stepwise)) ?? { address, id, generation: noGeneration }
  }

  /** For a slot on the move: each step may follow a redirection of its own. What the writer returns is not stored. */
  async #openStepwise(
    { value, control, slot }: EntryAddress,
    open: ReturnType<typeof openStrictControlCall>,
    tombstoneMs: number,
  ): Promise<void> {
    const scripts = this.#scripts
    await scripts.ask(slot, openStrictControl, open, ["opened"])
    const drop = invalidateValueCall({ value, mode: "drop", graceMs: 0 })
    const version = textOf((await scripts.run(slot, invalidateValue, drop)).reply) ?? ""
    if (version !== "") {
      const raise = raiseTombstoneCall({ control, version, tombstoneMs })
      await scripts.ask(slot, raiseTombstone, raise, ["raised"])
    }
    await this.#connection.command(slot, ["PUBLISH", this.#channel, `i${value}`])
  }

  /** Waits for the very first connection. */
  async #generation(slot: number): Promise<Generation> {
    const connection = this.#connection
    if (connection.generation(slot) === undefined) await connection.command(slot, ["PING"])
    const generation = connection.generation(slot)
    if (generation !== undefined) return generation
    throw new HoldfastError("STORE_UNAVAILABLE", "The server has no connection that stays.")
  }

  async #leaseOn(
    generation: Generation,
    address: EntryAddress,
    { token, leaseMs, rejected = "", early = "", strict }: LeaseRequest & { readonly strict: StrictTerm },
  ): Promise<LeaseAnswer> {
    const { value, control, slot } = address
    const { termMs, keepMs } = strict
    const run = runOf(generation)
    const call = leaseStrictCall({ value, control, token, leaseMs, rejected, early, run, termMs, keepMs })
    const { reply } = await this.#scripts.run(slot, leaseStrict, call, { generation })
    const [word, bytes] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : []
    const is = this.#scripts.word(slot, leaseStrict, { reply: word ?? null, generation }, answers)
    const grant = { address, token, generation }
    if (is === "win") return { is, grant }
    if (is === "wait" || is === "no-fill") return { is }
    if (!Buffer.isBuffer(bytes)) throw unexpectedReply(this.#connection, slot, leaseStrict.name, generation)
    return is === "stale-win" ? { is, bytes, grant } : { is, bytes }
  }
}

/** That of no server: a record that names it is made anew. */
const unknownRun = "0".repeat(16)

const answers = ["hit", "win", "wait", "stale", "stale-win", "no-fill"] as const

function runOf({ runId, replId }: Generation): string {
  const { high, low } = digestOf(`${runId} ${replId}`)
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("")
}
