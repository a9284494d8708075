import type { InvalidateRequest } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { mergedRequest } from "../../policy/merged-request.ts"
import type { CacheInUnits } from "./cache-in-units.ts"
import type { StrictWindow } from "./strict-window.ts"
import type { OnThrow } from "./unit.ts"

/** One key that is to be invalidated. */
export interface NamedKey {
  readonly cache: CacheInUnits
  readonly address: EntryAddress
  readonly request: InvalidateRequest
  /** None in a leased cache; several if units that have joined have named it, too. */
  readonly windows: readonly StrictWindow[]
}

/** An event that is to be published. */
export interface NamedEvent {
  /** Undefined: its publisher has none. */
  readonly name: string | undefined
  /** Publishes it. */
  readonly send: () => Promise<unknown>
}

/** What a unit has been told, each key, tag and cache once. */
export class Collection {
  /** By value key. */
  readonly keys: Map<string, NamedKey> = new Map()
  readonly tags: Set<string> = new Set()
  readonly groups: Set<string> = new Set()
  readonly clears: Set<CacheInUnits> = new Set()
  readonly events: NamedEvent[] = []

  addKey(named: NamedKey): void {
    const { value } = named.address
    const known = this.keys.get(value)
    const both = known && {
      ...known,
      request: mergedRequest(known.request, named.request),
      windows: [...known.windows, ...named.windows],
    }
    this.keys.set(value, both ?? named)
  }

  join(other: Collection): void {
    for (const named of other.keys.values()) this.addKey(named)
    for (const tag of other.tags) this.tags.add(tag)
    for (const group of other.groups) this.groups.add(group)
    for (const cache of other.clears) this.clears.add(cache)
    this.events.push(...other.events)
  }

  /** The work has thrown: no event tells of it, and what it has named is kept or dropped. */
  workThrew(onThrow: OnThrow): void {
    this.events.length = 0
    for (const window of this.windows) window.fate = onThrow === "drop" ? "drop" : "leave"
    if (onThrow !== "drop") return
    for (const [value, { windows }] of this.keys) if (windows.length === 0) this.keys.delete(value)
    this.tags.clear()
    this.groups.clear()
    this.clears.clear()
  }

  get windows(): readonly StrictWindow[] {
    return [...this.keys.values()].flatMap(({ windows }) => windows)
  }
}
