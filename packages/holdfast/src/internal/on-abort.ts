/** What runs when one signal is aborted. */
interface Runs {
  readonly all: Set<() => void>
  readonly listener: () => void
}

const runsOf = new WeakMap<AbortSignal, Runs>()

/**
 * Runs something once when a signal is aborted; never if it is already. However many there are for one signal, they have one listener on
 * it: from eleven on Node warns of a leak, and a request may well give its signal to a hundred reads.
 *
 * @param run must not throw
 * @returns takes it back
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const runs = runsOf.get(signal) ?? listen(signal)
  // A function of its own, so that the same one given twice runs twice.
  const own = (): void => run()
  runs.all.add(own)
  return () => {
    if (runs.all.delete(own) && runs.all.size === 0) forget(signal, runs)
  }
}

function listen(signal: AbortSignal): Runs {
  const all = new Set<() => void>()
  const listener = (): void => {
    forget(signal, runs)
    for (const run of all) run()
  }
  const runs = { all, listener }
  runsOf.set(signal, runs)
  signal.addEventListener("abort", listener)
  return runs
}

function forget(signal: AbortSignal, runs: Runs): void {
  signal.removeEventListener("abort", runs.listener)
  if (runsOf.get(signal) === runs) runsOf.delete(signal)
}
