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
  const queue: ((leave: Leave) => void)[] = []

  function admit(): Leave {
    active += 1
    let left = false
    return () => {
      if (left) return
      left = true
      active -= 1
      queue.shift()?.(admit())
    }
  }

  return {
    enter: () => (active < limit ? admit() : new Promise<Leave>((resolve) => queue.push(resolve))),
    get active() {
      return active
    },
    get waiting() {
      return queue.length
    },
  }
}
