import type { FaultClass, FaultPlan } from "./fault-classes.ts"

/** Keeps faults that wait for the next thing of their kind to befall, and remembers which classes came to pass. */
export class Injections {
  /** Classes that came to pass in this history. */
  readonly applied = new Set<FaultClass>()
  /** Told of each fault that comes to pass. */
  tell: ((fault: FaultPlan, detail: string) => void) | undefined

  happened(fault: FaultPlan, detail: string): void {
    this.applied.add(fault.is)
    this.tell?.(fault, detail)
  }
}

/** How long a fault waits for something to befall, in milliseconds. */
const patienceMs = 600

/** Faults of one process that befall the next thing of their kind. */
export class ArmedFaults {
  readonly #waiting: FaultPlan[]

  constructor(plans: readonly FaultPlan[]) {
    this.#waiting = plans.toSorted((a, b) => a.atMs - b.atMs)
  }

  /** Takes the first that is due and fits. */
  take(nowMs: number, fits?: (fault: FaultPlan) => boolean): FaultPlan | undefined {
    const waiting = this.#waiting
    while (waiting.length > 0) {
      const first = waiting[0] as FaultPlan
      if (first.atMs > nowMs) return undefined
      if (nowMs - first.atMs <= patienceMs) break
      waiting.shift()
    }
    for (let at = 0; at < waiting.length; at += 1) {
      const fault = waiting[at] as FaultPlan
      if (fault.atMs > nowMs) return undefined
      if (fits !== undefined && !fits(fault)) continue
      waiting.splice(at, 1)
      return fault
    }
    return undefined
  }

  end(): void {
    this.#waiting.length = 0
  }
}
