import type { LeaseGrant } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { EntryReading } from "./entry-reader.ts"
import { askForLease } from "./leasing.ts"
import { isUsable, type Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import { Waiter } from "./waiter.ts"

/** A value that the store holds. */
export interface LookupHit<V> {
  /** Tells the two apart. */
  readonly hit: true
  /** Undefined: the store remembers that it is not in the source. */
  readonly value: V | undefined
}

/** A miss, with the right to fill it. End it by `fill` or `release`, or with `await using`. */
export interface LookupMiss<V> extends AsyncDisposable {
  /** Tells the two apart. */
  readonly hit: false
  /** Whether this miss holds a lease: without one `fill` answers false. */
  readonly leased: boolean
  /** Stores the value if the key was not invalidated meanwhile; undefined stores "not in the source". Answers whether it was stored. */
  fill(value: V | undefined): Promise<boolean>
  /** Gives the lease back, so that others need not wait for it to end. */
  release(): Promise<void>
}

/** What `lookup` answers; branch on `hit`. */
export type Lookup<V> = LookupHit<V> | LookupMiss<V>

/**
 * A miss of a hand-made cache-aside. Its lease is not extended and ends at the load timeout.
 *
 * @param grant undefined when somebody else holds the lease or the store is away
 */
export function lookupMiss<V>(
  grant: LeaseGrant | undefined,
  fill: (grant: LeaseGrant, value: V | undefined) => Promise<boolean>,
  release: (grant: LeaseGrant) => void,
): LookupMiss<V> {
  let open = grant
  const end = async (): Promise<void> => {
    if (open !== undefined) release(open)
    open = undefined
  }
  return {
    hit: false,
    leased: grant !== undefined,
    async fill(value) {
      const mine = open
      open = undefined
      return mine !== undefined && fill(mine, value)
    },
    release: end,
    [Symbol.asyncDispose]: end,
  }
}

/** What a hand-made cache-aside finds; `entry` is there if a look found it fresh, and `grant` undefined means that the miss may not be filled. */
export type Found<V> =
  | { readonly is: "value"; readonly value: V | undefined; readonly entry?: EntryReading<V> }
  | { readonly is: "miss"; readonly grant: LeaseGrant | undefined }

/** How often somebody else's lease is waited for before the caller is sent to the source without one. */
const roundsMax = 3

/** Finds a value or wins a lease for the caller of `lookup`, waiting for whoever else holds it. */
export async function findOrLease<V>(
  parts: Parts,
  lookout: Lookout<V>,
  address: EntryAddress,
  leaseMs: number,
  typicalCostMs: number,
): Promise<Found<V>> {
  if (parts.journal.holds(address.value)) return unleased
  const sight = await lookout.look(address)
  if (sight.is === "fresh") return { is: "value", value: sight.value, entry: sight.entry }
  if (sight.is === "unavailable") return unleased
  const rejected = sight.is === "missing" ? sight.rejected : undefined
  const waiter = new Waiter(parts, address)
  try {
    for (let round = 0; round < roundsMax; round += 1) {
      const answer = await askForLease(parts, lookout, address, { leaseMs, rejected })
      if (answer.is === "win" || answer.is === "stale-win") return { is: "miss", grant: answer.grant }
      if (answer.is === "no-fill") return unleased
      if (answer.is !== "wait") {
        const stored = await lookout.judge(address, answer.bytes)
        return isUsable(stored) ? { is: "value", value: stored.value } : unleased
      }
      await waiter.wait(typicalCostMs)
    }
    return unleased
  } finally {
    waiter.end()
  }
}

const unleased = { is: "miss", grant: undefined } as const
