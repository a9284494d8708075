import type { LeaseAnswer, LeaseRequest } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import type { Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"

/** Nothing is known of the key. */
interface NotAsked {
  readonly is: "no-fill"
  readonly isAway: true
}

const notAsked: NotAsked = { is: "no-fill", isAway: true }

/**
 * Asks the store for a lease; a store that cannot answer grants none, and one that does not know of an invalidation is not asked: it may
 * have begun to wait for the store since the caller did. Nor is an entry taken from one that was found to have lost something meanwhile.
 */
export async function askForLease<V>(
  parts: Parts,
  lookout: Lookout<V>,
  address: EntryAddress,
  request: Omit<LeaseRequest, "token" | "strict">,
): Promise<LeaseAnswer | NotAsked> {
  if (parts.journal.holds(address.value)) return notAsked
  const token = parts.random.token()
  const { losses } = parts.journal
  try {
    const answer = await parts.store.lease(address, { token, strict: lookout.strictTerm, ...request })
    if (!("bytes" in answer) || parts.journal.losses === losses) return answer
    if ("grant" in answer) giveBack(parts, address, token)
    return { is: "no-fill" }
  } catch (error) {
    lookout.storeFailed("lease", error)
    if (hasCode(error, "COMMAND_TIMEOUT")) giveBack(parts, address, token)
    return notAsked
  }
}

/** A lease that is granted after its asker has given up would keep others waiting; this follows it on the same connection. */
function giveBack({ store }: Parts, address: EntryAddress, token: string): void {
  store.releaseLease({ address, token, generation: {} }, "abandoned").catch(() => {
    // The lease ends by itself.
  })
}
