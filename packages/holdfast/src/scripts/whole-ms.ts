/** A length of time as Redis takes it: whole milliseconds, at least one. */
export function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
