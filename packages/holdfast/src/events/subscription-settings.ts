import type { SubscribeOptions } from "../contracts/domain-event.ts"
import { assertName } from "../entry/key.ts"
import { invalidOption, positiveInteger, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs } from "../policy/duration.ts"

/** Options of a subscription after checking. */
export interface SubscriptionSettings<T> {
  readonly group: string
  readonly handler: SubscribeOptions<T>["handler"]
  readonly from: "now" | "beginning"
  readonly concurrency: number
  readonly attempts: number
  readonly attemptTimeoutMs: number
  readonly onGap: SubscribeOptions<T>["onGap"]
  readonly onGivenUp: SubscribeOptions<T>["onGivenUp"]
  readonly signal: AbortSignal | undefined
}

const knownOptions: Record<keyof SubscribeOptions<never>, true> = {
  group: true,
  handler: true,
  from: true,
  concurrency: true,
  attempts: true,
  attemptTimeout: true,
  onGap: true,
  onGivenUp: true,
  signal: true,
}

/** Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function subscriptionSettings<T>(options: SubscribeOptions<T>): SubscriptionSettings<T> {
  refuseUnknownOptions(options, knownOptions, "a subscription")
  const { group, handler, from = "now", onGap, onGivenUp, signal } = options
  assertName("group", group)
  assertFunction("handler", handler)
  if (onGap !== undefined) assertFunction("onGap", onGap)
  if (onGivenUp !== undefined) assertFunction("onGivenUp", onGivenUp)
  if (from !== "now" && from !== "beginning") throw invalidOption("from", 'must be "now" or "beginning".')
  if (signal !== undefined && typeof signal.addEventListener !== "function")
    throw invalidOption("signal", "must be an AbortSignal.")
  return {
    group,
    handler,
    from,
    concurrency: positiveInteger("concurrency", options.concurrency ?? 1),
    attempts: positiveInteger("attempts", options.attempts ?? 5),
    attemptTimeoutMs: durationMs("attemptTimeout", options.attemptTimeout ?? "30s"),
    onGap,
    onGivenUp,
    signal,
  }
}

function assertFunction(option: string, value: unknown): void {
  if (typeof value !== "function") throw invalidOption(option, "must be a function.")
}
