/** A length of time as a server takes it: whole milliseconds, at least one. */
export function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms))
}
