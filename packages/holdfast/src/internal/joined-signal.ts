import { onAbort } from "./on-abort.ts"

/** A signal made of others. */
export interface JoinedSignal {
  /** Aborted as soon as the first of them is, with its reason. */
  readonly signal: AbortSignal
  /** From now on it is not, and none of them knows of it any more. */
  end(): void
}

/**
 * Joins signals for as long as some work lasts. `AbortSignal.any` leaves a trace of each signal that it makes in those that it is made of,
 * which in Node 20 is never removed: one that lives as long as the process would grow with every piece of work.
 */
export function joinedSignal(signals: readonly AbortSignal[]): JoinedSignal {
  const joined = new AbortController()
  const ends: (() => void)[] = []
  for (const each of signals) {
    if (each.aborted) joined.abort(each.reason)
    else ends.push(onAbort(each, () => joined.abort(each.reason)))
  }
  return {
    signal: joined.signal,
    end: () => {
      for (const end of ends) end()
    },
  }
}
