import type { Holdfast, Unit } from "holdfast"
import type { NaiveCache } from "./naive-cache.ts"

/** Transactions as they are usually written: what has changed is deleted when it is named. */
export function naiveUnits(cache: Pick<NaiveCache, "invalidate">): Holdfast["afterCommit"] {
  return async (work, options) => {
    const deleting: Promise<{ readonly delivered: boolean }>[] = []
    const events: (() => Promise<unknown>)[] = []
    const unit = {
      invalidate: (_cache: unknown, name: string) => void deleting.push(cache.invalidate(name)),
      publish: (event: { publish(payload: unknown): Promise<unknown> }, payload: unknown) =>
        void events.push(() => event.publish(payload)),
      opened: async () => ({ deadline: { remainingMs: Infinity } }),
    }
    const result = await work(unit as unknown as Unit)
    const told = await Promise.all(deleting)
    for (const publish of events) await publish()
    options?.onDelivery?.({ delivered: told.every(({ delivered }) => delivered), errors: [] })
    return result
  }
}
