import type { Clock } from "../contracts/clock.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { onAbort } from "../internal/on-abort.ts"

/** What a function of the user answers. */
export type Answer = PromiseLike<unknown> | void

/** What runs for too long is told so, and counts as failed whatever becomes of it. */
export function within(clock: Clock, ms: number, run: (late: AbortSignal) => Answer): Promise<void> {
  const late = new AbortController()
  return watched(
    () => run(late.signal),
    (fail) => {
      const timer = clock.setTimeout(() => {
        const error = tooLate(ms)
        fail(error)
        late.abort(error)
      }, ms)
      return () => clock.clearTimeout(timer)
    },
  )
}

/** What runs may take its time until the signal is aborted. From then on it has so long, and counts as failed after that. */
export function withinOnceAborted(clock: Clock, ms: number, signal: AbortSignal, run: () => Answer): Promise<void> {
  return watched(run, (fail) => {
    let timer: unknown
    const forget = onAbort(signal, () => {
      timer = clock.setTimeout(() => fail(tooLate(ms)), ms)
    })
    return () => {
      forget()
      clock.clearTimeout(timer)
    }
  })
}

/**
 * Resolves or rejects as what runs does, unless the watch fails it before.
 *
 * @param watch returns its end
 */
async function watched(run: () => Answer, watch: (fail: (error: unknown) => void) => () => void): Promise<void> {
  const failed = deferred<never>()
  const end = watch(failed.reject)
  try {
    await Promise.race([new Promise<unknown>((done) => done(run())), failed.promise])
  } finally {
    end()
  }
}

function tooLate(ms: number): HoldfastError {
  const detail = `An event was not handled within ${ms} ms.`
  return new HoldfastError("CALL_TIMEOUT", detail, { facts: { timeoutMs: ms } })
}
