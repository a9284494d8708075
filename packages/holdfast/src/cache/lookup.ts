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
  /** Why it holds none: `held`, because somebody else loads or writes this key, or a strict cache may not store it yet; `unavailable`, because the store cannot be asked. */
  readonly why: "held" | "unavailable" | undefined
  /** Stores the value if the key was not invalidated meanwhile; undefined stores "not in the source". Answers whether it was stored. */
  fill(value: V | undefined): Promise<boolean>
  /** Gives the lease back, so that others need not wait for it to end. */
  release(): Promise<void>
}

/** What `lookup` answers; branch on `hit`. */
export type Lookup<V> = LookupHit<V> | LookupMiss<V>

/** A miss of a hand-made cache-aside. Its lease is not extended and ends at the load timeout. */
export function lookupMiss<V>(
  { grant, why }: Pick<FoundNothing, "grant" | "why">,
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
    why,
    async fill(value) {
      const mine = open
      open = undefined
      return mine !== undefined && fill(mine, value)
    },
    release: end,
    [Symbol.asyncDispose]: end,
  }
}

/** A miss; without a grant it may not be filled, and `why` says why. */
interface FoundNothing {
  readonly is: "miss"
  readonly grant: LeaseGrant | undefined
  readonly why: LookupMiss<unknown>["why"]
}

/** What a hand-made cache-aside finds; `entry` is there if a look found it fresh. */
export type Found<V> =
  | { readonly is: "value"; readonly value: V | undefined; readonly entry?: EntryReading<V> }
  | FoundNothing

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
  if (parts.journal.holds(address.value)) return unavailable
  const sight = await lookout.look(address)
  if (sight.is === "fresh") return { is: "value", value: sight.value, entry: sight.entry }
  if (sight.is === "unavailable") return unavailable
  const rejected = sight.is === "missing" ? sight.rejected : undefined
  const waiter = new Waiter(parts, address)
  try {
    for (let round = 0; round < roundsMax; round += 1) {
      const answer = await askForLease(parts, lookout, address, { leaseMs, rejected })
      if (answer.is === "win" || answer.is === "stale-win") return { is: "miss", grant: answer.grant, why: undefined }
      if (answer.is === "no-fill") return "isAway" in answer ? unavailable : held
      if (answer.is !== "wait") {
        const stored = await lookout.judge(address, answer.bytes)
        return isUsable(stored) ? { is: "value", value: stored.value } : held
      }
      await waiter.wait(typicalCostMs)
    }
    return held
  } finally {
    waiter.end()
  }
}

const held = { is: "miss", grant: undefined, why: "held" } as const
const unavailable = { is: "miss", grant: undefined, why: "unavailable" } as const
