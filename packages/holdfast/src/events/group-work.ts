import type { Clock } from "../contracts/clock.ts"
import type { EventMessage } from "../contracts/domain-event.ts"
import type { EventPosition, StreamedEvent } from "../contracts/event-stream.ts"
import type { Random } from "../contracts/random.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { joinedSignal, type JoinedSignal } from "../internal/joined-signal.ts"
import { backoffMs } from "../policy/backoff.ts"
import { bulkhead, type Bulkhead } from "../policy/bulkhead.ts"
import { rest } from "../policy/rest.ts"
import type { PageToDo, ReaderWork } from "./event-reader.ts"
import type { EventReports } from "./event-reports.ts"
import type { Step } from "./page-steps.ts"
import { publishedMs } from "./reader-figures.ts"
import type { SubscriptionSettings } from "./subscription-settings.ts"
import { within, withinOnceAborted, type Answer } from "./time-limits.ts"

const pace = { baseMs: 200, capMs: 10_000 }

interface GroupWorkOptions<T> {
  readonly settings: SubscriptionSettings<T>
  readonly decode: (data: Buffer) => T
  readonly reports: EventReports
  readonly clock: Clock
  readonly random: Random
}

/** How many events may be begun beyond the first that is not done. */
const windowMax = 1000

/** An attempt that has failed. */
interface Failure {
  readonly message: EventMessage
  readonly error: unknown
}

/** A step, and whether it is done. */
interface Item {
  readonly step: Step
  isDone: boolean
}

/**
 * Calls the handler of one group: events in their order, and those that fail again and again, at last without success. What is tried
 * again holds up nothing but the place that is kept in the store.
 */
export class GroupWork<T> implements ReaderWork {
  reached: EventPosition | undefined
  readonly #options: GroupWorkOptions<T>
  readonly #places: Bulkhead
  readonly #retries = new Set<Promise<void>>()
  /** What is not done, in order, and what is beyond it. */
  #window: Item[] = []
  #signal: AbortSignal = AbortSignal.abort()
  #moved: Deferred<void> = deferred()

  constructor(options: GroupWorkOptions<T>) {
    this.#options = options
    this.#places = bulkhead(options.settings.concurrency)
  }

  get waitingEntry(): string | undefined {
    return this.#window.find(({ step, isDone }) => step.is === "event" && !isDone)?.step.at?.id
  }

  /** What another process has done meanwhile is not to be remembered. */
  begin(signal: AbortSignal): void {
    this.#signal = signal
    this.#window = []
    this.reached = undefined
    signal.addEventListener("abort", () => this.#move(), { once: true })
  }

  /** Resolves once every event was tried. Never rejects. */
  async do({ steps, head, isUnknown }: PageToDo): Promise<EventPosition | undefined> {
    const signal = this.#signal
    if (isUnknown && this.#options.settings.from === "now") {
      const begin: Item = { step: { is: "gap", why: "unknown", at: head }, isDone: false }
      this.#window.push(begin)
      await this.#pass(begin, signal)
      return head
    }
    const tried: Promise<void>[] = []
    for (const step of steps) {
      const item = { step, isDone: false }
      this.#window.push(item)
      if (step.is === "event") tried.push(this.#begin(item, step.event, signal))
      else await Promise.all(tried).then(() => this.#pass(item, signal))
    }
    await Promise.all(tried)
    while (this.#window.length > windowMax && !signal.aborted) await this.#moved.promise
    return steps.at(-1)?.at
  }

  async end(): Promise<void> {
    await Promise.all(this.#retries)
  }

  /** Never rejects: what was not done when the signal was aborted stays so. */
  async #pass(item: Item, signal: AbortSignal): Promise<void> {
    const { reports, settings } = this.#options
    const { step } = item
    if (signal.aborted) return
    if (step.is === "unreadable") reports.unreadable("format")
    else if (step.is === "gap") {
      reports.gap(step.why)
      if (!(await this.#insist(() => settings.onGap?.({ why: step.why, signal }), signal))) return
    }
    this.#done(item)
  }

  /** Resolves after the first attempt. Never rejects. */
  async #begin(item: Item, event: StreamedEvent, signal: AbortSignal): Promise<void> {
    const { decode, reports } = this.#options
    const payload = reports.decoded(() => decode(event.data))
    if (payload === undefined) return this.#done(item)
    const message = messageOf(event, signal)
    const failure = await this.#attempt(payload.value, message)
    if (failure === undefined) return this.#handled(item)
    if (signal.aborted) return
    const retry = this.#retry(item, payload.value, { message, error: failure.error })
    this.#retries.add(retry)
    retry.then(
      () => this.#retries.delete(retry),
      () => {},
    )
  }

  /** Never rejects. */
  async #retry(item: Item, payload: T, first: Failure): Promise<void> {
    const { settings, reports, clock, random } = this.#options
    const { signal } = first.message
    let failed = first
    for (;;) {
      const { message, error } = failed
      const isGivenUp = message.attempt >= settings.attempts
      reports.failed(message.attempt, isGivenUp, error)
      if (isGivenUp) {
        if (await this.#insist(() => settings.onGivenUp?.(payload, message, error), signal)) this.#done(item)
        return
      }
      if (!(await rested(clock, backoffMs(message.attempt, { random, ...pace }), signal))) return
      const next = { ...message, attempt: message.attempt + 1 }
      const failure = await this.#attempt(payload, next)
      if (failure === undefined) return this.#handled(item)
      if (signal.aborted) return
      failed = { message: next, error: failure.error }
    }
  }

  /** Whether it has succeeded before the signal was aborted. */
  async #insist(run: () => Answer, signal: AbortSignal): Promise<boolean> {
    const { clock, random, settings } = this.#options
    for (let failures = 1; ; failures += 1) {
      try {
        await withinOnceAborted(clock, settings.attemptTimeoutMs, signal, run)
        return true
      } catch (error) {
        this.#options.reports.failed(failures, false, error)
        if (!(await rested(clock, backoffMs(failures, { random, ...pace }), signal))) return false
      }
    }
  }

  #handled(item: Item): void {
    this.#options.reports.handled(1)
    this.#done(item)
  }

  /** The place moves past all that is done up to the first that is not. */
  #done(item: Item): void {
    item.isDone = true
    if (!this.#window.includes(item)) return
    const firstLeft = this.#window.findIndex(({ isDone }) => !isDone)
    const past = this.#window.splice(0, firstLeft === -1 ? this.#window.length : firstLeft)
    this.reached = past.findLast(({ step }) => step.at !== undefined)?.step.at ?? this.reached
    if (past.length > 0) this.#move()
  }

  #move(): void {
    this.#moved.resolve()
    this.#moved = deferred()
  }

  /** Answers what went wrong. */
  async #attempt(payload: T, message: EventMessage): Promise<{ readonly error: unknown } | undefined> {
    const { settings, clock } = this.#options
    const leave = await this.#places.enter()
    let ends: JoinedSignal | undefined
    try {
      message.signal.throwIfAborted()
      await within(clock, settings.attemptTimeoutMs, (late) => {
        ends = joinedSignal([message.signal, late])
        return settings.handler(payload, { ...message, signal: ends.signal })
      })
      return undefined
    } catch (error) {
      return { error }
    } finally {
      ends?.end()
      leave()
    }
  }
}

function messageOf(event: StreamedEvent, signal: AbortSignal): EventMessage {
  return { id: event.id, position: event.entryId, publishedMs: publishedMs(event.entryId), attempt: 1, signal }
}

/** Whether it has rested for so long, and was not called away. */
function rested(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return rest(clock, ms, signal).then(
    () => true,
    () => false,
  )
}
