import { setTimeout as sleep } from "node:timers/promises"
import type { PhaseEvent } from "../report/phase-report.ts"

/** Something done to the servers while the load goes on. */
export interface Disturbance {
  readonly atSeconds: number
  readonly what: string
  act(): Promise<void>
}

/** Disturbances under way. */
export interface RunningDisturbances {
  /** What was done, and when it was finished. Rejects if something could not be done. */
  readonly done: Promise<readonly PhaseEvent[]>
  /** Does nothing more, and waits for what is being done: else a server could start after all were stopped. */
  stop(): Promise<void>
}

/** Does one after the other, each at its time from now, and tells about each. */
export function startDisturbances(
  disturbances: readonly Disturbance[],
  tell: (event: PhaseEvent) => void,
): RunningDisturbances {
  const stopping = new AbortController()
  const done = play(disturbances, tell, stopping.signal)
  const ended = done.then(
    () => {},
    () => {},
  )
  return {
    done,
    stop() {
      stopping.abort()
      return ended
    },
  }
}

async function play(
  disturbances: readonly Disturbance[],
  tell: (event: PhaseEvent) => void,
  signal: AbortSignal,
): Promise<PhaseEvent[]> {
  const beginMs = performance.now()
  const events: PhaseEvent[] = []
  for (const { atSeconds, what, act } of disturbances) {
    await sleep(Math.max(0, beginMs + atSeconds * 1000 - performance.now()), undefined, { signal })
    await act()
    const event = { atSeconds: (performance.now() - beginMs) / 1000, what }
    events.push(event)
    tell(event)
  }
  return events
}
