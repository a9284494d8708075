import type { Clock } from "../../contracts/clock.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import type { Delivery } from "../invalidator.ts"
import type { Parts } from "../parts.ts"
import { orSlow } from "../slow.ts"
import type { NamespaceTags } from "../tags/namespace-tags.ts"
import type { Collection, NamedEvent, NamedKey } from "./collection.ts"
import type { UnitDelivery } from "./unit.ts"

/** Keys told at one time: their answers must find room among the commands in flight. */
const batchSize = 1024
/** What a publisher may take until the caller is let go, in milliseconds. */
const publishMs = 2000

type Tags = Pick<NamespaceTags, "invalidate" | "invalidateGroup">

/** Sends what a unit has collected: first all invalidations, and then the events, whose readers must not find what was before. */
export class UnitSender {
  readonly #clock: Clock
  readonly #report: Parts["report"]
  readonly #tags: Tags

  constructor({ clock, report }: Pick<Parts, "clock" | "report">, tags: Tags) {
    this.#clock = clock
    this.#report = report
    this.#tags = tags
  }

  /** Never rejects. */
  async send(collected: Collection): Promise<UnitDelivery> {
    const keys = [...collected.keys.values()]
    const sending = [
      ...[...collected.clears].map((cache) => cache.clear()),
      ...(collected.tags.size > 0 ? [isDelivered(this.#tags.invalidate([...collected.tags]))] : []),
      ...[...collected.groups].map((group) => isDelivered(this.#tags.invalidateGroup(group))),
      ...keys.slice(0, batchSize).map(sendKey),
    ]
    const told = await Promise.allSettled(sending)
    for (let at = batchSize; at < keys.length; at += batchSize)
      told.push(...(await Promise.allSettled(keys.slice(at, at + batchSize).map(sendKey))))
    const publishing = await this.#publishAll(collected.events)
    const errors = [...told, ...publishing].flatMap((each) =>
      each.status === "rejected" ? [each.reason as unknown] : [],
    )
    return { delivered: told.every((each) => each.status === "fulfilled" && each.value), errors }
  }

  async #publishAll(events: readonly NamedEvent[]): Promise<readonly PromiseSettledResult<unknown>[]> {
    if (events.length === 0) return []
    const all = Promise.allSettled(events.map((named) => this.#publish(named)))
    const settled = await orSlow(this.#clock, publishMs, all, () => true)
    return settled === "slow" ? [] : settled
  }

  async #publish({ name, send }: NamedEvent): Promise<void> {
    try {
      await send()
    } catch (error) {
      this.#report?.({
        name: "publish-failed",
        event: name,
        code: error instanceof HoldfastError ? error.code : "unexpected",
      })
      throw error
    }
  }
}

async function isDelivered(telling: Promise<Delivery>): Promise<boolean> {
  return (await telling).delivered
}

async function sendKey({ cache, address, request, windows }: NamedKey): Promise<boolean> {
  if (windows.length === 0) return cache.invalidate(address, request)
  const told = await Promise.all(windows.map((window) => window.end(request)))
  return told.every(Boolean)
}
