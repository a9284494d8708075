import type { ReadThroughCache } from "../cache/cache-kinds.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import type { EventInput, InvalidationRule } from "../contracts/domain-event.ts"
import type { ChannelHearer, EventStreamStore } from "../contracts/event-stream.ts"
import { eventBed, type EventBed } from "./events.fixture.ts"

/** What an event says. */
export interface Renamed {
  readonly category: string
}

/** Names the tags of what was renamed. */
export const tagsOf = ({ category }: Renamed): readonly string[] => {
  if (category === "throws") throw new Error("the rule is broken")
  return category === "no tag" ? [7 as never] : [`c:${category}`]
}

/** Names its keys. */
export const keysOf = ({ category }: Renamed): readonly string[] => {
  if (category === "throws") throw new Error("the rule is broken")
  return [category === "no key" ? (Number.NaN as never) : category]
}

type Text = ReadThroughCache<string, string>

/** A row that entries of several caches are made of, all with one tag. */
export class TaggedRow {
  readonly bed: EventBed = eventBed()
  row = "old"

  /** A cache whose entries carry the tag. */
  cache(holdfast: Holdfast, name: string, invalidateOn: readonly InvalidationRule<string>[] = []): Text {
    const load = async (_key: string): Promise<string> => this.row
    return holdfast.cache({ name, ttl: "1h", local: false, load, tags: () => ["c:7"], invalidateOn })
  }

  /** How often each cache was cleared, and with `sweep` how many were found by sweeps. */
  get cleared(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const event of this.bed.reported) {
      if (event.name === "clear") counts[event.cache] = (counts[event.cache] ?? 0) + 1
      if (event.name === "replay-sweep") counts["sweep"] = (counts["sweep"] ?? 0) + event.cleared
    }
    return counts
  }

  /** Lets processes of this bed hear channels. Answers the way to speak to all that do. */
  openChannel(): ChannelHearer {
    const hearers = new Set<ChannelHearer>()
    const events = this.bed.memory.events as EventStreamStore
    events.listen = (_channel, hearer) => {
      hearers.add(hearer)
      return () => hearers.delete(hearer)
    }
    return {
      heard: (message) => hearers.forEach((hearer) => hearer.heard(message)),
      began: () => hearers.forEach((hearer) => hearer.began()),
    }
  }
}

/** Rules of a cache. */
export type Rules = (input: EventInput<Renamed>) => readonly InvalidationRule<string>[]

export const byTags: Rules = (input) => [input.tags(tagsOf)]
export const byKeys: Rules = (input) => [input.keys(keysOf)]
