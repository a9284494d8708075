import type { History } from "../history.ts"

/** What is known only once a history is over. */
export function findBeside({ peers, eventWatches, rules, source }: History): void {
  for (const { cache } of peers) {
    if (typeof cache.stats !== "function") return
    const { coalesced, waits, deadByTag } = cache.stats()
    rules.saw("R10 shared", coalesced)
    rules.saw("waiter woken", waits)
    rules.saw("R7 dead by tag", deadByTag)
  }
  rules.saw("R10 load beside", source.beside)
  const lost = eventWatches.reduce((sum, { fillsLost }) => sum + fillsLost, 0)
  rules.saw("R4 fill held back", lost - (rules.counts.get("R1 fill refused") ?? 0))
}
