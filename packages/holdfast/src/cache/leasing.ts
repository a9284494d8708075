import type { LeaseAnswer, LeaseGrant } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import { isUsable, type Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import { Waiter } from "./waiter.ts"

/** Asks the store for a lease; a store that cannot answer grants none. */
export async function askForLease<V>(
  parts: Parts,
  lookout: Lookout<V>,
  address: EntryAddress,
  rejected: string | undefined,
  leaseMs: number,
): Promise<LeaseAnswer> {
  const token = parts.random.token()
  try {
    return await parts.store.lease(address, { token, leaseMs, rejected })
  } catch (error) {
    lookout.storeFailed("lease", error)
    if (hasCode(error, "COMMAND_TIMEOUT")) giveBack(parts, address, token)
    return { is: "no-fill" }
  }
}

/** A lease that is granted after its asker has given up would keep others waiting; this follows it on the same connection. */
function giveBack({ store }: Parts, address: EntryAddress, token: string): void {
  store.releaseLease({ address, token, generation: {} }, "abandoned").catch(() => {
    // The lease ends by itself.
  })
}

/** What a hand-made cache-aside finds; `grant` undefined means that the miss may not be filled. */
export type Found<V> =
  | { readonly is: "value"; readonly value: V | undefined }
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
  if (sight.is === "fresh") return { is: "value", value: sight.value }
  if (sight.is === "unavailable") return unleased
  const rejected = sight.is === "missing" ? sight.rejected : undefined
  const waiter = new Waiter(parts, address)
  try {
    for (let round = 0; round < roundsMax; round += 1) {
      const answer = await askForLease(parts, lookout, address, rejected, leaseMs)
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
