import { systemClock } from "../internal/clock.ts"
import { connectError, connectTimeout } from "./client-errors.ts"

/**
 * Bounds the opening of a connection, because no client bounds its handshake: a frozen server accepts and never answers.
 * Rejects with a redacted HoldfastError; `giveUp` destroys what was opened so far, and is called whenever this rejects.
 */
export function boundedOpening<T>(opening: Promise<T>, timeoutMs: number, giveUp: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      systemClock.clearTimeout(timer)
      giveUp()
      reject(connectError(error))
    }
    const timer = systemClock.setTimeout(() => fail(connectTimeout(timeoutMs)), timeoutMs)
    opening.then((opened) => {
      systemClock.clearTimeout(timer)
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
