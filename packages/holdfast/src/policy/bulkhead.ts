/** A bound on work under way; what comes above it waits in order. */
export interface Bulkhead {
  /** Resolves when a place is free; call the result once to give it back. */
  enter(): Promise<Leave> | Leave
  readonly active: number
  readonly waiting: number
}

export type Leave = () => void

/**
 * @param limit places, at least 1
 */
export function bulkhead(limit: number): Bulkhead {
  let active = 0
  // Two piles, because the first of one long array costs all that is left to take out.
  let arrived: ((leave: Leave) => void)[] = []
  /** The oldest last. */
  let next: ((leave: Leave) => void)[] = []

  function takeOldest(): ((leave: Leave) => void) | undefined {
    if (next.length === 0) [next, arrived] = [arrived.toReversed(), []]
    return next.pop()
  }

  function admit(): Leave {
    active += 1
    let left = false
    return () => {
      if (left) return
      left = true
      active -= 1
      takeOldest()?.(admit())
    }
  }

  return {
    enter: () => (active < limit ? admit() : new Promise<Leave>((resolve) => arrived.push(resolve))),
    get active() {
      return active
    },
    get waiting() {
      return arrived.length + next.length
    },
  }
}
