import { eventCases } from "./store-cases/event-cases.ts"
import { fillCases } from "./store-cases/fill-cases.ts"
import { invalidationCases } from "./store-cases/invalidation-cases.ts"
import { keepCases } from "./store-cases/keep-cases.ts"
import { leaseCases } from "./store-cases/lease-cases.ts"
import { lookCases } from "./store-cases/look-cases.ts"
import { orderCases } from "./store-cases/order-cases.ts"
import { putCases } from "./store-cases/put-cases.ts"
import { reclaimCases } from "./store-cases/reclaim-cases.ts"
import { renewCases } from "./store-cases/renew-cases.ts"
import { StoreScene, type StoreSubject } from "./store-cases/store-scene.ts"
import { strictCases } from "./store-cases/strict-cases.ts"
import { survivalCases } from "./store-cases/survival-cases.ts"
import { sweepCases } from "./store-cases/sweep-cases.ts"
import { tagCases } from "./store-cases/tag-cases.ts"
import { tagClockCases } from "./store-cases/tag-clock-cases.ts"
import { tagIndexCases } from "./store-cases/tag-index-cases.ts"
import { tagLifeCases } from "./store-cases/tag-life-cases.ts"
import { versionCases } from "./store-cases/version-cases.ts"
import { wakeCases } from "./store-cases/wake-cases.ts"
import { windowCases } from "./store-cases/window-cases.ts"

export type { StoreSubject } from "./store-cases/store-scene.ts"

/** One promise of the store contract, for any test runner: `test(name, run)`. */
export interface ConformanceCase {
  /** The promise as a sentence. */
  readonly name: string
  /** Rejects, with an AssertionError where the promise is broken. */
  run(): Promise<void>
}

const cases = [
  ...lookCases,
  ...leaseCases,
  ...fillCases,
  ...invalidationCases,
  ...versionCases,
  ...windowCases,
  ...strictCases,
  ...putCases,
  ...renewCases,
  ...keepCases,
  ...wakeCases,
  ...tagClockCases,
  ...tagCases,
  ...tagLifeCases,
  ...tagIndexCases,
  ...reclaimCases,
  ...eventCases,
  ...sweepCases,
  ...orderCases,
  ...survivalCases,
]

/**
 * The contract of a store as runnable cases. Each opens a subject of its own and closes it; they may run side by side.
 *
 * @param open resolves when the store answers and wakes by push
 */
export function storeConformance(open: () => Promise<StoreSubject>): readonly ConformanceCase[] {
  return cases.map(({ name, run }) => ({
    name,
    async run() {
      const subject = await open()
      try {
        await run(new StoreScene(subject))
      } finally {
        await subject.close()
      }
    },
  }))
}
