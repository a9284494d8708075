import type { DomainEvents } from "../contracts/domain-event.ts"
import type { Parts } from "./parts.ts"
import type { Units } from "./units/units.ts"
import { withinMs } from "./within-ms.ts"

/** What a Holdfast has that must come to an end. */
export interface Closing {
  readonly parts: Pick<Parts, "clock" | "journal" | "store" | "sweeper" | "report">
  readonly units: Units
  readonly events: DomainEvents | undefined
  readonly caches: Iterable<{ close(): void }>
}

/** Ends all of it, in the order that loses nothing, within this time. Keeps the process alive meanwhile. */
export async function closeAll(closing: Closing, timeoutMs: number): Promise<void> {
  const letGo = closing.parts.clock.keepAlive()
  try {
    await endAll(closing, timeoutMs)
  } finally {
    letGo()
  }
}

async function endAll({ parts, units, events, caches }: Closing, timeoutMs: number): Promise<void> {
  const { clock, journal, store, sweeper, report } = parts
  const untilMs = clock.monotonic() + timeoutMs
  const leftMs = (): number => Math.max(0, untilMs - clock.monotonic())
  sweeper.close()
  // A handler or transaction that hangs must leave time to deliver what is journalled.
  await withinMs(clock, timeoutMs / 2, Promise.all([units.ended(), events?.close()]))
  for (const cache of caches) cache.close()
  await withinMs(clock, leftMs(), journal.close(untilMs))
  if (journal.size > 0) report?.({ name: "closed-undelivered", pending: journal.size })
  await store.close({ timeoutMs: leftMs() })
}
