import type { Clock } from "../../contracts/clock.ts"
import type { RedisArgument, RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection, ServerFeature } from "../../contracts/redis-connection.ts"
import type { LeaseGrant } from "../../contracts/store.ts"
import { hasCode } from "../../errors/holdfast-error.ts"
import { wholeMs } from "../../scripts/whole-ms.ts"
import { refusalOf, textOf, unexpectedReply } from "./replies.ts"

/** A lease of which it is known that the control record was this lease and nothing else when it was last touched. */
interface AloneGrant extends LeaseGrant {
  /** Deadline in the record, server time in milliseconds; undefined while nobody can tell what the record says. */
  deadlineMs: number | undefined
  /** What to add to our monotonic clock for the server's time: never too much, because the reply was under way. */
  readonly offsetMs: number
}

/**
 * Extends and gives back leases by comparing the whole control record, where the server can. Whatever has been added to it,
 * who waits, a window, a tombstone, a line of a newer release, makes it differ: nothing is done then, and the script has to do it.
 */
export class LeaseShortcuts {
  readonly #connection: RedisConnection
  readonly #clock: Clock

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
  }

  /** @param deadlineMs what LEASE says of a record that holds nothing but this lease */
  granted(grant: LeaseGrant, deadlineMs: RedisReply | undefined, leaseMs: number): LeaseGrant {
    if (typeof deadlineMs !== "number") return grant
    const offsetMs = deadlineMs - Number(wholeMs(leaseMs)) - this.#clock.monotonic()
    return { ...grant, deadlineMs, offsetMs } as AloneGrant
  }

  /** Undefined or false: nothing was done. */
  extend(grant: LeaseGrant, leaseMs: number): Promise<boolean> | undefined {
    const held = this.#take(grant, "SET IFEQ")
    if (held === undefined) return undefined
    const nowMs = Math.floor(this.#clock.monotonic() + held.grant.offsetMs)
    const nextMs = Math.max(held.deadlineMs, nowMs + Number(wholeMs(leaseMs)))
    const { control } = grant.address
    const args = ["SET", control, lineOf(grant, nextMs), "IFEQ", lineOf(grant, held.deadlineMs), "PXAT", `${nextMs}`]
    return this.#try(grant, "SET IFEQ", args).then((done) => {
      if (done) held.grant.deadlineMs = nextMs
      return done
    })
  }

  /** Undefined or false: nothing was done. */
  release(grant: LeaseGrant): Promise<boolean> | undefined {
    const { control } = grant.address
    const feature = featuresOf(grant)?.has("DELEX") ? "DELEX" : "DELIFEQ"
    const held = this.#take(grant, feature)
    if (held === undefined) return undefined
    const line = lineOf(grant, held.deadlineMs)
    return this.#try(grant, feature, feature === "DELEX" ? [feature, control, "IFEQ", line] : [feature, control, line])
  }

  /** Until the answer is there nobody knows what the record says: whoever comes meanwhile uses the script. */
  #take(grant: LeaseGrant, feature: ServerFeature): { grant: AloneGrant; deadlineMs: number } | undefined {
    const alone = grant as AloneGrant
    const { deadlineMs } = alone
    if (deadlineMs === undefined || !featuresOf(grant)?.has(feature)) return undefined
    alone.deadlineMs = undefined
    return { grant: alone, deadlineMs }
  }

  /** Where the lease was granted and nowhere else, since only that server is known to have the command. */
  async #try({ address, generation }: LeaseGrant, feature: ServerFeature, args: RedisArgument[]): Promise<boolean> {
    const granted = generation as Generation
    const sent = this.#connection.command(address.slot, args, { generation: granted })
    const reply = await sent.catch((error: unknown) => {
      const refusal = refusalOf(error)
      if (refusal === undefined && !hasCode(error, "GENERATION_CHANGED")) throw error
      if (refusal === "ERR" || refusal === "NOPERM") granted.features.delete(feature)
      return null
    })
    if (reply === 0 || reply === null) return false
    if (reply === 1 || textOf(reply) === "OK") return true
    throw unexpectedReply(this.#connection, address.slot, feature, granted)
  }
}

/** The record of a lease that nobody waits for, as in `scripts/includes/control-record.lua`. */
function lineOf({ token }: LeaseGrant, deadlineMs: number): string {
  return `lease ${token} ${deadlineMs} 0`
}

function featuresOf({ generation }: LeaseGrant): Generation["features"] | undefined {
  return (generation as Partial<Generation>).features
}
