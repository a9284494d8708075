import { invalidOption, positiveInteger, refuseUnknownOptions } from "../../errors/option-checks.ts"
import type { BreakerOptions } from "../../policy/breaker.ts"
import { durationMs, shareOf, type Duration, type Share } from "../../policy/duration.ts"

/** When Holdfast stops asking a server that fails, and for how long. */
export interface BreakerPolicy {
  /** How far back failures count. Default 10s. */
  readonly window?: Duration
  /** The share of failures in the window that opens it. Default 50%. */
  readonly failureRate?: Share
  /** Below this number of commands in the window the share proves nothing. Default 20. */
  readonly minimumThroughput?: number
  /** This many failures in a row open it, whatever the throughput. Default 5. */
  readonly consecutiveFailures?: number
  /** How long it stays open at first; doubles as long as probes fail. Default 500ms. */
  readonly openFor?: Duration
  /** The longest it stays open. Default 10s. */
  readonly openAtMost?: Duration
}

/** Checks a policy and gives its units names. Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function breakerOptions(policy: BreakerPolicy): BreakerOptions {
  if (typeof policy !== "object" || policy === null) throw invalidOption("breaker", "must be an object.")
  refuseUnknownOptions(policy, knownParts, "breaker")
  const { window, failureRate, minimumThroughput, consecutiveFailures, openFor, openAtMost } = policy
  assertOpening(openFor, openAtMost)
  return {
    ...(window !== undefined && { windowMs: durationMs("breaker.window", window) }),
    ...(failureRate !== undefined && { failureRate: shareOf("breaker.failureRate", failureRate) }),
    ...(minimumThroughput !== undefined && {
      minimumThroughput: positiveInteger("breaker.minimumThroughput", minimumThroughput),
    }),
    ...(consecutiveFailures !== undefined && {
      consecutiveFailures: positiveInteger("breaker.consecutiveFailures", consecutiveFailures),
    }),
    ...(openFor !== undefined && { openMs: durationMs("breaker.openFor", openFor) }),
    ...(openAtMost !== undefined && { openCapMs: durationMs("breaker.openAtMost", openAtMost) }),
  }
}

/** What is longer would be cut without a word. */
function assertOpening(openFor: Duration = "500ms", openAtMost: Duration = "10s"): void {
  if (durationMs("breaker.openFor", openFor) <= durationMs("breaker.openAtMost", openAtMost)) return
  throw invalidOption("breaker.openFor", "must not be longer than `openAtMost`, which is 10s unless it is given.")
}

const knownParts: Record<keyof BreakerPolicy, true> = {
  window: true,
  failureRate: true,
  minimumThroughput: true,
  consecutiveFailures: true,
  openFor: true,
  openAtMost: true,
}
