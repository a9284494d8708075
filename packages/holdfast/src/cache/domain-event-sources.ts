import type { Codec } from "../contracts/codec.ts"
import type { Clock } from "../contracts/clock.ts"
import type { DomainEvents, DomainEventsMaker, InvalidationRule } from "../contracts/domain-event.ts"
import { checkedTagNames } from "../entry/tag-names.ts"
import type { CallOptions } from "./cache-options.ts"
import type { Cache } from "./cache.ts"
import { callLimits, detachable } from "./caller.ts"
import type { Parts } from "./parts.ts"
import { storeErrorEvent } from "./store-error.ts"

interface Sources {
  readonly namespace: string
  readonly defaultCodec: Codec<unknown>
  readonly domainEvents?: DomainEventsMaker
}

/** The domain events of one Holdfast; undefined: there are none. */
export function openDomainEvents(
  { namespace, defaultCodec, domainEvents }: Sources,
  parts: Parts,
): DomainEvents | undefined {
  const { store, clock, random, report } = parts
  const assertOpen = (): void => parts.assertOpen()
  const assertOutside = (): void => parts.units.assertOutside("publish")
  const outside = <R>(work: () => R): R => parts.units.outside(work)
  const storeFailed = (operation: string, error: unknown): void =>
    report?.(storeErrorEvent(undefined, operation, error))
  const shared = { namespace, clock, random, report, defaultCodec, storeFailed, assertOpen, assertOutside, outside }
  return domainEvents?.({ ...shared, store: store.events })
}

/** From now on the events of these rules invalidate entries of a cache, and tags of its namespace. */
export function attachRules<K, V>(
  rules: readonly InvalidationRule<K>[],
  cache: Pick<Cache<K, V>, "name" | "invalidateAll" | "clear">,
  { sweeper, tagTable, tagInvalidator, units }: Parts,
  clearNamespace: () => Promise<boolean>,
): void {
  const invalidateTags = async (tags: readonly string[]): Promise<boolean> => {
    const addresses = checkedTagNames("invalidateOn", tags).map((name) => tagTable.addressOf(name))
    return (await tagInvalidator.invalidate(addresses)).delivered
  }
  const target = {
    namespace: sweeper.namespace,
    cache: cache.name,
    invalidate: (keys: readonly K[]) => cache.invalidateAll(keys),
    invalidateTags,
    clear: async () => (await cache.clear()).delivered,
    clearNamespace,
  }
  for (const rule of rules) units.outside(() => rule.attach(target))
}

/** Waits on behalf of one caller until the caches have been told of all events that have been published by now. */
export async function caughtUp(events: DomainEvents | undefined, options: CallOptions, clock: Clock): Promise<void> {
  const limits = callLimits(options, "caughtUp")
  limits.signal?.throwIfAborted()
  if (events === undefined) return
  const left = new AbortController()
  const letGo = clock.keepAlive()
  await detachable(clock, events.caughtUp(left.signal), limits, () => left.abort()).finally(letGo)
}
