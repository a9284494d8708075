/** Whether an entry may be served without asking the source. Both times are store time in milliseconds (R9). */
export function freshness(entry: { readonly freshUntilMs: number }, nowMs: number): "fresh" | "stale" {
  return nowMs < entry.freshUntilMs ? "fresh" : "stale"
}
