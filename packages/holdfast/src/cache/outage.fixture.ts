import type { Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { HeldCoherence } from "../near/near.fixture.ts"
import { nearTier } from "../near/near-tier.ts"
import { overriding, switchable, testBed, type TestBed } from "./cache.fixture.ts"
import type { LoadContext } from "./cache-options.ts"

/** One process whose store goes away and comes back, with a source that counts. */
export interface AwayBed extends TestBed {
  readonly coherence: HeldCoherence
  /** Who vouches at first. */
  readonly witness: { fence: number }
  readonly source: Map<string, unknown>
  readonly counts: { loads: number }
  readonly load: (id: string, context: LoadContext) => Promise<unknown>
  /** The store answers nothing any more, and nothing is proved. */
  leave(): void
  comeBack(): void
}

/** @param wrap changes the store besides */
export function awayBed(wrap: (store: Store) => Store = (store) => store): AwayBed {
  const coherence = new HeldCoherence()
  const counts = { loads: 0 }
  const source = new Map<string, unknown>([["42", { price: 10 }]])
  const isAway = (): boolean => coherence.away !== undefined
  const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const bed = testBed((store) => wrap(switchable(overriding(store, { coherence }), isAway, away)), { nearTier })
  const load = async (id: string): Promise<unknown> => {
    counts.loads += 1
    return source.get(id)
  }
  const leave = (): void => {
    coherence.away = {}
    if (coherence.vouching !== undefined) coherence.vouching.provedMs = -Infinity
    coherence.vouching = undefined
    coherence.doubts.count += 1
  }
  const comeBack = (): void => {
    coherence.away = undefined
    coherence.vouching = { fence: 0, provedMs: Infinity }
  }
  return { ...bed, coherence, witness: coherence.vouching!, counts, source, load, leave, comeBack }
}
