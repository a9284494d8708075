import type { Change, Coherence, Witness } from "../../contracts/coherence.ts"

/** A coherence whose news and proofs are the test's. */
export interface ScriptedCoherence extends Coherence {
  readonly server: { fence: number; provedMs: number }
  /** Who vouches for every slot; undefined: nobody. */
  vouching: Witness | undefined
  tell(change: Change): void
}

export function scriptedCoherence(provedMs: number): ScriptedCoherence {
  const server = { fence: 0, provedMs }
  const listeners: ((change: Change) => void)[] = []
  const coherence: ScriptedCoherence = {
    server,
    doubts: { count: 0 },
    vouching: server,
    witness: () => coherence.vouching,
    onChange: (listener) => {
      listeners.push(listener)
      return () => {}
    },
    prove: () => {},
    states: () => [],
    tell: (change) => listeners.forEach((listener) => listener(change)),
  }
  return coherence
}
