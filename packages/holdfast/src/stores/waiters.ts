import type { WakeReason } from "../contracts/store.ts"

type Wake = (reason: WakeReason) => void

/** Those of this process who wait for a key. One waiter's error never reaches another. */
export class Waiters {
  readonly #byKey = new Map<string, Set<{ readonly wake: Wake }>>()

  /** Returns the end of it. */
  add(key: string, wake: Wake): () => void {
    const waiter = { wake }
    const waiters = this.#byKey.get(key)
    if (waiters === undefined) this.#byKey.set(key, new Set([waiter]))
    else waiters.add(waiter)
    return () => this.#remove(key, waiter)
  }

  wake(key: string, reason: WakeReason): void {
    // A copy: whoever is woken may register again.
    const waiters = Array.from(this.#byKey.get(key) ?? [])
    for (const waiter of waiters) {
      try {
        waiter.wake(reason)
      } catch {
        // Whoever throws here has only itself to wake.
      }
    }
  }

  #remove(key: string, waiter: { readonly wake: Wake }): void {
    const waiters = this.#byKey.get(key)
    if (waiters?.delete(waiter) === true && waiters.size === 0) this.#byKey.delete(key)
  }
}
