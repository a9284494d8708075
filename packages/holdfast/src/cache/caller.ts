import type { Clock } from "../contracts/clock.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { invalidOption } from "../errors/option-checks.ts"
import { onAbort } from "../internal/on-abort.ts"
import { durationMs } from "../policy/duration.ts"
import type { CallOptions } from "./cache-options.ts"

/** What one caller said about how long it waits, checked. */
export interface CallLimits {
  /** Name of the method. */
  readonly call: string
  /** Name of the cache that it was called on, if it was. */
  readonly cache: string | undefined
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
}

/**
 * Checks the options of a call; before any work begins for it. Throws `INVALID_DURATION` or `INVALID_OPTION`.
 *
 * @param cache name of the cache that it is a call of, if it is
 */
export function callLimits({ signal, timeout }: CallOptions, call: string, cache?: string): CallLimits {
  if (signal !== undefined && typeof signal.addEventListener !== "function") {
    throw invalidOption("signal", "must be an AbortSignal.")
  }
  return { call, cache, signal, timeoutMs: timeout === undefined ? undefined : durationMs("timeout", timeout) }
}

/**
 * Lets one caller give up on `work` without stopping it. Rejects with the signal's reason, or with `CALL_TIMEOUT`.
 *
 * @param onLeave called when the caller gave up before the work was done
 */
export function detachable<T>(clock: Clock, work: Promise<T>, limits: CallLimits, onLeave: () => void): Promise<T> {
  const { signal, timeoutMs } = limits
  return new Promise<T>((resolve, reject) => {
    let timer: unknown
    let unlisten = (): void => {}
    const finish = (): void => {
      unlisten()
      if (timer !== undefined) clock.clearTimeout(timer)
    }
    const leave = (reason: unknown): void => {
      finish()
      onLeave()
      reject(reason)
    }
    work.then(
      (value) => {
        finish()
        resolve(value)
      },
      (error: unknown) => {
        finish()
        reject(error)
      },
    )
    if (signal?.aborted) return leave(signal.reason)
    if (signal !== undefined) unlisten = onAbort(signal, () => leave(signal.reason))
    if (timeoutMs !== undefined) timer = clock.setTimeout(() => leave(callTimeout(limits)), timeoutMs)
  })
}

/** Calls that change the source. */
const writes: ReadonlySet<string> = new Set(["write", "writeMany"])

/** What a call that took longer than its caller gave it rejects with. Called again, a writer would change the source once more. */
export function callTimeout({ call, cache, timeoutMs }: CallLimits): HoldfastError {
  const isWrite = writes.has(call)
  const where = cache === undefined ? "" : ` of cache "${cache}"`
  const detail = `${call}${where} did not finish within ${timeoutMs} ms.${isWrite ? " Its writer goes on, and may commit." : ""}`
  return new HoldfastError("CALL_TIMEOUT", detail, { facts: { call, cache, timeoutMs }, retryable: !isWrite })
}
