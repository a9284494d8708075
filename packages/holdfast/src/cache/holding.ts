import type { Clock } from "../contracts/clock.ts"
import type { LeaseGrant, Store, WindowGrant } from "../contracts/store.ts"

/** How long a lease or window lives without extension, in milliseconds: what a killed holder costs the others. */
export const holdMs = 2000

/**
 * Extends a lease or window until it is told to stop, three times per life.
 *
 * @param lifeMs how long it lives without extension
 * @param onGone called once when the store says that it is no longer held
 * @returns the end of it
 */
export function keepHeld(
  clock: Clock,
  lifeMs: number,
  extend: () => Promise<"held" | "gone">,
  onGone: () => void,
): () => void {
  let stopped = false
  let timer = clock.setTimeout(again, lifeMs / 3)
  function again(): void {
    extend().then(
      (answer) => {
        if (stopped) return
        if (answer === "gone") onGone()
        else timer = clock.setTimeout(again, lifeMs / 3)
      },
      () => {
        if (!stopped) timer = clock.setTimeout(again, lifeMs / 3)
      },
    )
  }
  return () => {
    stopped = true
    clock.clearTimeout(timer)
  }
}

export function keepLease(clock: Clock, store: Store, grant: LeaseGrant, onGone: () => void): () => void {
  return keepHeld(clock, holdMs, () => store.extendLease(grant, holdMs), onGone)
}

export function keepWindow(
  clock: Clock,
  store: Store,
  grant: WindowGrant,
  windowMs: number,
  onGone: () => void,
): () => void {
  return keepHeld(clock, windowMs, () => store.extendWindow(grant, windowMs), onGone)
}
