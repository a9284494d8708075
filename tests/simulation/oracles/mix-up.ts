import type { FaultClass } from "../faults/fault-classes.ts"
import type { History } from "../history.ts"

/** With these alone nothing keeps a second opinion from being had. */
const harmless: ReadonlySet<FaultClass> = new Set(["misroute", "evict"])

/** A socket that was seen to mix replies up is not used any more (R8); nobody can see it where the second opinion says the same. */
export function judgeMixUps({ injections, servers, violations }: History): void {
  if ([...injections.applied].some((fault) => !harmless.has(fault))) return
  for (const server of servers.all) {
    for (const link of server.links) {
      if (link.gaveForeign && !link.process.wasMisledTwice)
        violations.add("mixing-socket-kept", `${link.process.name} keeps a socket that mixes replies up`)
    }
  }
}
