import type { Clock, Timer } from "../contracts/clock.ts"

/** Something that is given up at a point in time unless it is taken out of its queue first. */
export abstract class Deadline {
  /** On the monotonic clock. Set by the queue, as all fields here. */
  dueMs = 0
  lane: Lane | undefined = undefined
  previous: Deadline | undefined = undefined
  next: Deadline | undefined = undefined
  /** Whether its time was started again because a blocked event loop, not the other side, had used it up. */
  restarted = false

  /** Called once, when the time is up. `stalled`: the event loop was blocked again, so nothing is proved about the other side. */
  abstract expire(stalled: boolean): void
}

/** Deadlines of one length: the order of adding is the order of time. */
interface Lane {
  readonly timeoutMs: number
  head: Deadline | undefined
  tail: Deadline | undefined
}

/** Many deadlines under one timer: adding and removing cost the same however many there are. */
export interface DeadlineQueue {
  readonly size: number
  /** `nowMs` is the monotonic time of this moment. */
  add(deadline: Deadline, timeoutMs: number, nowMs: number): void
  /** Takes a deadline out, if it is in. */
  remove(deadline: Deadline): void
}

/**
 * Creates a {@link DeadlineQueue}. Its timer runs only while there is something in it.
 *
 * When a deadline has passed, one poll phase of the event loop goes by before it expires: the answer may lie in the socket, unread.
 * If the event loop was blocked, the command may not even have been written: such a deadline starts again, once.
 */
export function deadlineQueue(clock: Clock): DeadlineQueue {
  return new OneTimerQueue(clock)
}

/** A timer this much later than it was set for means that the event loop was blocked. */
const stallMs = 50

class OneTimerQueue implements DeadlineQueue {
  size = 0
  readonly #clock: Clock
  readonly #lanes = new Map<number, Lane>()
  #timer: Timer
  /** Infinity: no timer runs. */
  #timerDueMs = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(deadline: Deadline, timeoutMs: number, nowMs: number): void {
    const lane = this.#laneFor(timeoutMs)
    deadline.dueMs = nowMs + timeoutMs
    deadline.lane = lane
    deadline.previous = lane.tail
    if (lane.tail === undefined) lane.head = deadline
    else lane.tail.next = deadline
    lane.tail = deadline
    this.size++
    if (deadline.dueMs < this.#timerDueMs) this.#arm(deadline.dueMs, nowMs)
  }

  remove(deadline: Deadline): void {
    const { lane, previous, next } = deadline
    if (lane === undefined) return
    if (previous === undefined) lane.head = next
    else previous.next = next
    if (next === undefined) lane.tail = previous
    else next.previous = previous
    // A removed deadline must not hold on to its neighbours: one that is kept alive would keep them all.
    deadline.lane = deadline.previous = deadline.next = undefined
    this.size--
  }

  #laneFor(timeoutMs: number): Lane {
    let lane = this.#lanes.get(timeoutMs)
    if (lane === undefined) {
      lane = { timeoutMs, head: undefined, tail: undefined }
      this.#lanes.set(timeoutMs, lane)
    }
    return lane
  }

  #arm(dueMs: number, nowMs: number): void {
    if (this.#timerDueMs !== Infinity) this.#clock.clearTimeout(this.#timer)
    this.#timerDueMs = dueMs
    this.#timer = this.#clock.setTimeout(() => this.#onTimer(), Math.max(0, Math.ceil(dueMs - nowMs)))
  }

  #onTimer(): void {
    const nowMs = this.#clock.monotonic()
    const stalled = nowMs - this.#timerDueMs > stallMs
    this.#timerDueMs = Infinity
    if (this.#earliestMs() > nowMs) this.#armForEarliest(nowMs)
    else this.#clock.afterPoll(() => this.#expireUntil(nowMs, stalled))
  }

  #expireUntil(untilMs: number, stalled: boolean): void {
    for (const lane of this.#lanes.values()) {
      for (let head = lane.head; head !== undefined && head.dueMs <= untilMs; head = lane.head) {
        this.remove(head)
        if (stalled && !head.restarted) {
          head.restarted = true
          this.add(head, lane.timeoutMs, this.#clock.monotonic())
        } else head.expire(stalled)
      }
    }
    this.#armForEarliest(this.#clock.monotonic())
  }

  #earliestMs(): number {
    let earliestMs = Infinity
    for (const lane of this.#lanes.values()) {
      if (lane.head === undefined) this.#lanes.delete(lane.timeoutMs)
      else earliestMs = Math.min(earliestMs, lane.head.dueMs)
    }
    return earliestMs
  }

  #armForEarliest(nowMs: number): void {
    const dueMs = this.#earliestMs()
    if (dueMs < this.#timerDueMs) this.#arm(dueMs, nowMs)
  }
}
