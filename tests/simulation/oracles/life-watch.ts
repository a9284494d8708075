import type { Injections } from "../faults/injections.ts"
import type { ModelReply } from "../model/model-reply.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Plan } from "../workload/plan.ts"
import type { Sent } from "../world/network.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { SimServer } from "../world/sim-server.ts"
import { wallStartMs, type World } from "../world/world.ts"
import { readEntryLife, type EntryLife } from "./entry-text.ts"
import { openingSlackOf } from "./read-judge.ts"
import type { Violations } from "./violations.ts"
import { aheadMs } from "./xfetch.ts"

/** Where the arguments of scripts stand, counted from the command's name. */
const keyAt = 3
const earlyIdAt = 8
const renewedUntilAt = 5

interface Parts {
  readonly world: World
  readonly keys: KeySpace
  readonly plan: Plan
  readonly injections: Injections
  readonly violations: Violations
}

/** Watches what moves the end of entries: no refresh begins before its time, and no reading keeps an entry past its absolute ttl. */
export class LifeWatch {
  /** Renewals that servers were asked for. */
  renewals = 0
  readonly #parts: Parts
  readonly #slackMs: number
  /** Whether it is known how long ago the reason of a command can have been. */
  readonly #isTimed: boolean
  readonly #askedMs = new Map<string, number>()
  /** When each key's entry was found unchanged last. */
  readonly #keptMs: number[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    this.#slackMs = openingSlackOf(parts.plan)
    this.#isTimed = parts.plan.faults.every(({ is }) => is !== "pause" && is !== "late-commit")
  }

  /** When a process asked last for a lease to refresh a key early. */
  askedMs({ id }: SimProcess, key: number): number {
    return this.#askedMs.get(`${id} ${key}`) ?? -Infinity
  }

  executed(server: SimServer, name: string, args: readonly string[], reply: ModelReply, sent: Sent | undefined): void {
    if (name === "RENEW") this.#renewed(server, args, reply)
    const id = args[earlyIdAt] ?? ""
    const key = this.#parts.keys.indexOf(args[keyAt])
    if (key === undefined) return
    if (name === "KEEP-UNCHANGED" && reply === "kept") this.#keptMs[key] = this.#parts.world.nowMs
    if (name !== "LEASE" || id === "" || sent === undefined) return
    this.#askedMs.set(`${sent.process.id} ${key}`, this.#parts.world.nowMs)
    const life = this.#lifeOf(server, args, id)
    if (life !== undefined) this.#judgeEarly(key, life, sent, server)
  }

  #renewed(server: SimServer, args: readonly string[], reply: ModelReply): void {
    this.renewals += 1
    const { plan, violations, keys } = this.#parts
    const { absoluteTtlMs } = plan.policy
    const life = this.#lifeOf(server, args, args[4] ?? "")
    if (reply !== "renewed" || absoluteTtlMs === undefined || life === undefined) return
    const lateMs = Number(args[renewedUntilAt]) - (life.createdMs + absoluteTtlMs)
    if (lateMs <= 1) return
    const key = keys.indexOf(args[keyAt]) ?? 0
    violations.add("slid-too-far", `${keys.names[key]} is to live ${Math.round(lateMs)} ms past its absolute ttl`)
  }

  /** What has just been found unchanged may have been read before that, when it was nearer its end. */
  #judgeEarly(key: number, life: EntryLife, sent: Sent, server: SimServer): void {
    const { plan, world, violations, keys } = this.#parts
    const { early, ttlMs, commandTimeoutMs } = plan.policy
    const keptMs = this.#keptMs[key]
    if (early === undefined) return
    if (keptMs !== undefined && (!this.#isTimed || keptMs >= sent.sentMs - 2 * commandTimeoutMs)) return
    const leftMs = life.freshUntilMs - (wallStartMs + world.nowMs + server.clock.skewMs)
    const allowedMs =
      "beta" in early
        ? this.#drawnMs(early.beta, life, sent)
        : (early.aheadPercent / 100) * Math.min(life.freshUntilMs - life.createdMs, ttlMs)
    if (leftMs <= allowedMs + this.#slackMs) return
    const what = `${sent.process.name} refreshes ${keys.names[key]} ${Math.round(leftMs)} ms before its end, not ${Math.round(allowedMs)}`
    violations.add("refreshed-too-soon", what)
  }

  /** How long before its end an entry may be refreshed by the draws that can have led to what was sent. */
  #drawnMs(beta: number, { costMs }: EntryLife, { process, sentMs }: Sent): number {
    if (!this.#isTimed) return Infinity
    const fromMs = sentMs - this.#parts.plan.policy.commandTimeoutMs - 1
    const draws = process.draws.between(fromMs, sentMs)
    return draws.reduce((mostMs, draw) => Math.max(mostMs, aheadMs(beta, costMs, draw)), 0)
  }

  /** Of the entry with this id; undefined: the key holds another one, or bytes that were damaged. */
  #lifeOf({ model }: SimServer, args: readonly string[], id: string): EntryLife | undefined {
    const found = model.find(args[keyAt] ?? "")?.value
    if (typeof found !== "string" || this.#parts.injections.applied.has("damage")) return undefined
    return Buffer.from(found.slice(24, 40), "latin1").toString("hex") === id ? readEntryLife(found) : undefined
  }
}
