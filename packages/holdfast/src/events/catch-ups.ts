import type { EventPosition } from "../contracts/event-stream.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"

/** Somebody who waits for a reader. */
interface CatchUp {
  /** Aborted when nobody waits any more. */
  readonly left: AbortSignal
  readonly done: Deferred<void>
  /** What had been published last at some time since it was begun; undefined: the store has not told yet. */
  end: EventPosition | undefined
}

/** Who waits until a reader has come as far as the stream had when they began. */
export class CatchUps {
  readonly #open = new Set<CatchUp>()

  /** Resolves once the reader has come so far, and rejects when it ends before. Stays open once `left` is aborted. */
  begin(left: AbortSignal): Promise<void> {
    const catchUp = { left, done: deferred<void>(), end: undefined }
    this.#open.add(catchUp)
    return catchUp.done.promise
  }

  /** Whether anybody waits. */
  get isAny(): boolean {
    for (const catchUp of this.#open) if (catchUp.left.aborted) this.#open.delete(catchUp)
    return this.#open.size > 0
  }

  /** Call it before the store is asked, and what it answers with the answer: only who had begun by then learns its end from it. */
  asking(): (head: EventPosition) => void {
    const begun = [...this.#open]
    return (head) => {
      for (const catchUp of begun) catchUp.end ??= head
    }
  }

  /**
   * All before `place` is done.
   *
   * @param head of the latest page
   */
  reached(place: EventPosition, head: EventPosition): void {
    for (const catchUp of this.#open) {
      if (catchUp.end === undefined || !isPast(place, catchUp.end, head)) continue
      this.#open.delete(catchUp)
      catchUp.done.resolve()
    }
  }

  end(error: unknown): void {
    for (const { done } of this.#open) done.reject(error)
    this.#open.clear()
  }
}

/** Who has come into the era of the head has passed the gap before it, which stands for all of the eras that have ended. */
function isPast(place: EventPosition, end: EventPosition, head: EventPosition): boolean {
  return place.era === end.era ? place.count >= end.count : place.era === head.era
}
