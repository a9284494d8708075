import { setTimeout as sleep } from "node:timers/promises"

/** How `until` asks. */
export interface UntilOptions {
  /** Longest time to go on asking, in milliseconds. */
  readonly timeoutMs: number
  /** Time between two questions, in milliseconds. Default 5. */
  readonly everyMs?: number
}

/**
 * Asks until the answer is neither undefined nor false, and returns it; undefined when time is up.
 * An error thrown by the question ends it.
 */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  options: UntilOptions,
): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() >= deadline) return undefined
    await sleep(options.everyMs ?? 5)
  }
}
