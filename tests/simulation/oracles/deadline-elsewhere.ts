import type { SimServer } from "../world/sim-server.ts"

/**
 * Until when something holds whose record went to another server, by the clock of that one: its deadline stays what it was, and the
 * record itself lives on for the rest of its time there. What ends first counts.
 */
export function deadlineElsewhere(deadlineMs: number, from: SimServer, to: SimServer): number {
  return Math.min(deadlineMs, deadlineMs - from.clock.skewMs + to.clock.skewMs)
}
