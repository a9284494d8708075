import type { LinkRequest } from "../contracts/redis-client.ts"
import { systemClock } from "../internal/clock.ts"
import { onAbort } from "../internal/on-abort.ts"
import { connectAborted, connectError, connectTimeout } from "./client-errors.ts"

/**
 * Bounds the opening of a connection, because no client bounds its handshake: a frozen server accepts and never answers.
 * Rejects with a redacted HoldfastError; `giveUp` destroys what was opened so far, and is called whenever this rejects.
 */
export function boundedOpening<T>(opening: Promise<T>, request: LinkRequest, giveUp: () => void): Promise<T> {
  const { connectTimeoutMs, signal } = request
  return new Promise((resolve, reject) => {
    const done = (): void => {
      systemClock.clearTimeout(timer)
      unlisten?.()
    }
    const fail = (error: unknown): void => {
      done()
      giveUp()
      reject(connectError(error))
    }
    const timer = systemClock.setTimeout(() => fail(connectTimeout(connectTimeoutMs)), connectTimeoutMs)
    const unlisten = signal && onAbort(signal, () => fail(connectAborted()))
    opening.then((opened) => {
      done()
      resolve(opened)
    }, fail)
  })
}

/** Calls a listener so that what it throws cannot reach a client's parser, which would then hand replies to the wrong callers. */
export function isolated<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      listener(...args)
    } catch {
      // Whoever gave the listener answers for it.
    }
  }
}
