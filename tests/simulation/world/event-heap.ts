import type { SimProcess } from "./sim-process.ts"

/** Something that happens at a point of virtual time. */
export interface SimEvent {
  readonly process: SimProcess | undefined
  atMs: number
  order: number
  /** Undefined once it has run or was cancelled. */
  run: (() => void) | undefined
}

/** Events by time, and by order of planning where the time is the same. */
export class EventHeap {
  readonly #heap: SimEvent[] = []

  get earliest(): SimEvent | undefined {
    return this.#heap[0]
  }

  push(event: SimEvent): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above] as SimEvent
      if (!isBefore(event, other)) break
      heap[at] = other
      at = above
    }
    heap[at] = event
  }

  pop(): SimEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(event: SimEvent): void {
    const heap = this.#heap
    const { length } = heap
    let at = 0
    for (let below = 1; below < length; below = 2 * at + 1) {
      const right = heap[below + 1]
      if (right !== undefined && isBefore(right, heap[below] as SimEvent)) below += 1
      const other = heap[below] as SimEvent
      if (isBefore(event, other)) break
      heap[at] = other
      at = below
    }
    heap[at] = event
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
