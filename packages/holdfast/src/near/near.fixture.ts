import type { Change, Coherence, TrackingState, Witness, WitnessState } from "../contracts/coherence.ts"

/** Coherence that a test holds in its hands. */
export class HeldCoherence implements Coherence {
  readonly listeners: Set<(change: Change) => void> = new Set()
  readonly doubts = { count: 0 }
  readonly proofsAskedMs: number[] = []
  /** Undefined: nobody vouches. */
  vouching: { fence: number; provedMs: number } | undefined = { fence: 0, provedMs: Infinity }

  tracked: TrackingState = { state: "off", why: undefined }

  isStarting = false

  /** The outage that lasts. */
  away: object | undefined

  outage(): object | undefined {
    return this.away
  }

  witness(): Witness | undefined {
    return this.vouching
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  prove(everyMs: number): void {
    this.proofsAskedMs.push(everyMs)
  }

  states(): readonly WitnessState[] {
    const provedAgoMs = this.vouching === undefined ? undefined : 0
    return [{ node: "held", provedAgoMs, why: "held back", isStarting: this.isStarting }]
  }

  tracking(): TrackingState {
    return this.tracked
  }

  fence(): void {
    this.doubts.count += 1
    if (this.vouching !== undefined) this.vouching.fence += 1
  }

  tell(change: Change): void {
    for (const listener of this.listeners) listener(change)
  }
}
