import type { Clock } from "../contracts/clock.ts"
import { onAbort } from "../internal/on-abort.ts"

/** Resolves after `ms` milliseconds, at once for none. Rejects with the signal's reason as soon as it is aborted. */
export function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (reason: unknown): void => reject(reason)
    if (signal.aborted) return end(signal.reason)
    if (ms <= 0) return resolve()
    const timer = clock.setTimeout(() => {
      unlisten()
      resolve()
    }, ms)
    const unlisten = onAbort(signal, () => {
      clock.clearTimeout(timer)
      end(signal.reason)
    })
  })
}
