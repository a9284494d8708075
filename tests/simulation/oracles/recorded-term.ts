import type { SimServer } from "../world/sim-server.ts"

/** Until when something holds that stands in a record, by the clock of the server which has the record. */
export interface RecordedTerm {
  /** As it is written there. It stays what it was when the record goes to a server with another clock. */
  readonly deadlineMs: number
  /** When the record itself has gone. What was left of its life goes with it. */
  readonly goneMs: number
}

/** What a server takes for the time: whole milliseconds, so that what it holds may last for almost one more than was asked for. */
export function timeAt(server: SimServer, nowMs: number): number {
  return Math.floor(nowMs + server.clock.skewMs)
}

export function termUntil(ms: number): RecordedTerm {
  return { deadlineMs: ms, goneMs: ms }
}

export function extended({ deadlineMs, goneMs }: RecordedTerm, untilMs: number): RecordedTerm {
  return { deadlineMs: Math.max(deadlineMs, untilMs), goneMs: Math.max(goneMs, untilMs) }
}

export function movedTo({ deadlineMs, goneMs }: RecordedTerm, from: SimServer, to: SimServer): RecordedTerm {
  return { deadlineMs, goneMs: goneMs - from.clock.skewMs + to.clock.skewMs }
}

export function hasEnded({ deadlineMs, goneMs }: RecordedTerm, nowMs: number): boolean {
  return Math.min(deadlineMs, goneMs) < nowMs
}
