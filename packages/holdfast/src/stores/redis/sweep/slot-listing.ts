import type { Clock } from "../../../contracts/clock.ts"
import type { KeySweep } from "../../../contracts/key-scan.ts"
import type { Generation, PrimaryServer } from "../../../contracts/redis-connection.ts"
import { hasCode, HoldfastError } from "../../../errors/holdfast-error.ts"
import { rest } from "../../../policy/rest.ts"

/** What listing slots of one server works with. */
export interface SlotListingOptions {
  readonly server: PrimaryServer
  readonly slots: readonly number[]
  readonly sweep: Pick<KeySweep, "pace" | "signal">
  readonly clock: Clock
  readonly onNames: (names: readonly string[]) => Promise<void>
}

/** What became of it. */
export interface SlotListing {
  /** The run on which every slot was listed; undefined: not all were, or not on one. */
  readonly runId: string | undefined
  /** Slots that hold more keys than a server can name at one time. */
  readonly large: readonly number[]
}

/** Keys that one command may name: about a millisecond of a server. */
export const namedMax = 1000
/** Slots that are asked for in one round trip. */
const batchSize = 16

const notListed: SlotListing = { runId: undefined, large: [] }

/**
 * Names the keys of some slots by `CLUSTER GETKEYSINSLOT`, each slot at one moment.
 *
 * Rejects with `SERVER_REFUSED` if the server does not do that, with the signal's reason, or with what `onNames` threw.
 */
export async function listSlots(options: SlotListingOptions): Promise<SlotListing> {
  const { slots, sweep, clock, onNames } = options
  const runs = new Set<string | undefined>()
  const large: number[] = []
  for (let from = 0; from < slots.length; from += batchSize) {
    sweep.signal.throwIfAborted()
    const batch = slots.slice(from, from + batchSize)
    const startedMs = clock.monotonic()
    const named = await namesOf(options, batch, runs)
    if (named === undefined) return notListed
    const tookMs = clock.monotonic() - startedMs
    large.push(...batch.filter((_slot, at) => named[at]?.length === namedMax))
    const names = named.flat()
    if (names.length > 0) await onNames(names)
    await rest(clock, (tookMs * (1 - sweep.pace.share)) / sweep.pace.share, sweep.signal)
  }
  const [runId, ...others] = runs
  return others.length === 0 ? { runId, large } : notListed
}

/** The keys of each slot; undefined if the server did not answer. */
async function namesOf(
  { server }: SlotListingOptions,
  slots: readonly number[],
  runs: Set<string | undefined>,
): Promise<readonly (readonly string[])[] | undefined> {
  const onSend = ({ runId }: Generation): void => void runs.add(runId)
  const ask = async (slot: number): Promise<readonly string[]> => {
    const reply = await server.command(["CLUSTER", "GETKEYSINSLOT", String(slot), String(namedMax)], { onSend })
    if (!Array.isArray(reply)) throw new HoldfastError("SERVER_REFUSED", "The reply names no keys.")
    return reply.map(String)
  }
  try {
    return await Promise.all(slots.map(ask))
  } catch (error) {
    if (!(error instanceof HoldfastError) || hasCode(error, "SERVER_REFUSED")) throw error
    return undefined
  }
}
