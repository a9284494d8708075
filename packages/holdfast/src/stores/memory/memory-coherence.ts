import type { Change, Coherence, Doubts, Witness, WitnessState } from "../../contracts/coherence.ts"

/** Everything that happens in this process has been heard. */
const always: Witness = { fence: 0, provedMs: Infinity }

/** Coherence with a store in this process: changes are told as they are made. */
export class MemoryCoherence implements Coherence {
  readonly doubts: Doubts = { count: 0 }
  readonly #listeners = new Set<(change: Change) => void>()

  witness(): Witness {
    return always
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  prove(): void {}

  states(): readonly WitnessState[] {
    return [{ node: "in-process", provedAgoMs: 0, why: undefined }]
  }

  readonly changed = (change: Change): void => {
    for (const listener of this.#listeners) listener(change)
  }
}
