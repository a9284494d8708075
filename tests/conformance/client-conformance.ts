import type { ConformanceCase } from "holdfast/testing"
import { ClientScene, type ClientSubject } from "./client-cases/client-scene.ts"
import { closingCases } from "./client-cases/closing-cases.ts"
import { openingCases } from "./client-cases/opening-cases.ts"
import { replyCases } from "./client-cases/reply-cases.ts"
import { subscriptionCases } from "./client-cases/subscription-cases.ts"

export type { ClientSubject } from "./client-cases/client-scene.ts"

/** One promise of the port. */
export interface ClientConformanceCase extends ConformanceCase {
  /** By which a client's limits name it. */
  readonly id: string
}

const cases = [...openingCases, ...replyCases, ...subscriptionCases, ...closingCases]

/**
 * The contract of `RedisClient` as runnable cases, for one topology. Each opens what it needs and closes it; they may
 * run side by side, on one server, which none of them stops or freezes.
 */
export function clientConformance(
  topology: ClientSubject["topology"],
  open: () => ClientSubject,
): readonly ClientConformanceCase[] {
  return cases
    .filter((each) => each.topology === undefined || each.topology === topology)
    .map(({ id, name, run }) => ({
      id,
      name,
      async run() {
        const scene = new ClientScene(open())
        try {
          await run(scene)
        } finally {
          await scene.close()
        }
      },
    }))
}
