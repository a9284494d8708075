import { clearKey, tagKeyOf } from "../workload/categories.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Servers } from "../world/servers.ts"
import { isAliveBy, readStamp } from "./entry-stamp.ts"
import { readEntryText } from "./entry-text.ts"
import type { Floors } from "./floors.ts"
import type { Violations } from "./violations.ts"

interface Parts {
  readonly servers: () => Servers
  readonly keys: KeySpace
  readonly floors: Floors
  readonly violations: Violations
}

/** What is looked for: entries of these keys, or only those of them that carry a tag, for as long as their tags keep them alive. */
export interface Sought {
  readonly keys: readonly number[]
  readonly tag?: string
}

interface Seen {
  readonly bytes: string
  readonly untilMs: number
}

/** Entries that somebody looks for: which of them were there all the time. */
export class EntriesSought {
  readonly #parts: Parts
  readonly #tag: string | undefined
  readonly #onEnd: (sought: EntriesSought) => void
  readonly #era: number
  readonly #there = new Map<number, Seen>()
  #isTakenBack = false

  constructor(parts: Parts, { keys, tag }: Sought, onEnd: (sought: EntriesSought) => void) {
    this.#parts = parts
    this.#tag = tag
    this.#onEnd = onEnd
    this.#era = parts.floors.era
    for (const key of keys) {
      const seen = find(parts, parts.keys.valueKeyOf(key))
      if (seen !== undefined && (tag === undefined || isAlive(parts, seen, tag))) this.#there.set(key, seen)
    }
  }

  /** Whether no server has gone back to what it was, nor a slot to where it was: while they do, keys can be passed by. */
  get isUndisturbed(): boolean {
    const { floors } = this.#parts
    return !this.#isTakenBack && !floors.isSplit && floors.era === this.#era
  }

  /** Something may have changed. */
  look(): void {
    for (const [key, before] of this.#there) {
      const now = find(this.#parts, this.#parts.keys.valueKeyOf(key))
      if (now === undefined || !this.#hasStayed(before, now)) this.#there.delete(key)
      else this.#there.set(key, now)
    }
  }

  takenBack(): void {
    this.#isTakenBack = true
  }

  /** What was there all the time must be among what was found. */
  judge(kind: "not-found" | "not-listed", what: string, found: ReadonlySet<number>, operation: number): void {
    this.look()
    const { keys, violations } = this.#parts
    if (!this.isUndisturbed) return
    const missing = [...this.#there.keys()].filter((key) => !found.has(key)).map((key) => keys.names[key])
    if (missing.length > 0)
      violations.add(kind, `${what} did not bring ${missing.join(", ")}, there all the time`, operation)
  }

  end(): void {
    this.#onEnd(this)
  }

  /** One that ended and was stored again was gone in between; where tags count, it is another one, and one may die by them. */
  #hasStayed(before: Seen, now: Seen & { readonly nowMs: number }): boolean {
    if (before.untilMs < now.nowMs) return false
    if (this.#tag === undefined) return true
    return readEntryText(before.bytes).id === readEntryText(now.bytes).id && isAlive(this.#parts, now, this.#tag)
  }
}

/** Knows of every search under way which entries have been there since it began. */
export class EntriesWatch {
  readonly #parts: Parts
  readonly #sought = new Set<EntriesSought>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Somebody begins to look for entries. */
  begin(sought: Sought): EntriesSought {
    const begun = new EntriesSought(this.#parts, sought, (ended) => this.#sought.delete(ended))
    this.#sought.add(begun)
    return begun
  }

  /** A server has executed something, or lost something. */
  changed(): void {
    for (const sought of this.#sought) sought.look()
  }

  /** The move of a slot was taken back half-way, its keys with it. */
  takenBack(): void {
    for (const sought of this.#sought) sought.takenBack()
  }
}

/** What a key of a text holds, wherever it is, and the time there. */
function find({ servers }: Parts, storeKey: string): (Seen & { readonly nowMs: number }) | undefined {
  for (const { model } of servers().primaries) {
    const found = model.find(storeKey)
    if (typeof found?.value === "string")
      return { bytes: found.value, untilMs: found.expiresMs, nowMs: model.data.nowMs }
  }
  return undefined
}

function isAlive(parts: Parts, { bytes }: Seen, tag: string): boolean {
  const stamp = readStamp(bytes)
  if (stamp?.tags.includes(tag) !== true) return false
  return [clearKey, ...stamp.tags.map(tagKeyOf)].every((key) => isAliveBy(find(parts, key)?.bytes, stamp))
}
