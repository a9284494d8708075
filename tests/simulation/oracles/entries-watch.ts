import type { KeySpace } from "../workload/key-space.ts"
import type { Servers } from "../world/servers.ts"
import type { Floors } from "./floors.ts"
import type { Violations } from "./violations.ts"

interface Parts {
  readonly servers: () => Servers
  readonly keys: KeySpace
  readonly floors: Floors
  readonly violations: Violations
}

/** Entries that somebody looks for: which of them were there all the time. */
export class EntriesSought {
  readonly #parts: Parts
  readonly #onEnd: (sought: EntriesSought) => void
  readonly #era: number
  /** What has been there so far, by key, with the end of its life. */
  readonly #there = new Map<number, number>()
  #isTakenBack = false

  constructor(parts: Parts, keys: readonly number[], onEnd: (sought: EntriesSought) => void) {
    this.#parts = parts
    this.#onEnd = onEnd
    this.#era = parts.floors.era
    for (const key of keys) {
      const untilMs = lifeOf(parts, key, -Infinity)
      if (untilMs !== undefined) this.#there.set(key, untilMs)
    }
  }

  /** Whether no server has gone back to what it was, nor a slot to where it was: while they do, keys can be passed by. */
  get isUndisturbed(): boolean {
    const { floors } = this.#parts
    return !this.#isTakenBack && !floors.isSplit && floors.era === this.#era
  }

  get stayed(): readonly number[] {
    return [...this.#there.keys()]
  }

  /** Something may have changed. */
  look(): void {
    for (const [key, endsMs] of this.#there) {
      const untilMs = lifeOf(this.#parts, key, endsMs)
      if (untilMs === undefined) this.#there.delete(key)
      else this.#there.set(key, untilMs)
    }
  }

  takenBack(): void {
    this.#isTakenBack = true
  }

  /** What was there all the time must be among what was found. */
  judge(what: string, found: ReadonlySet<number>, operation: number): void {
    this.look()
    if (!this.isUndisturbed) return
    const missing = this.stayed.filter((key) => !found.has(key)).map((key) => this.#parts.keys.names[key])
    if (missing.length > 0)
      this.#parts.violations.add(
        "not-found",
        `${what} did not find ${missing.join(", ")}, there all the time`,
        operation,
      )
  }

  end(): void {
    this.#onEnd(this)
  }
}

/** Knows of every search under way which entries have been there since it began. */
export class EntriesWatch {
  readonly #parts: Parts
  readonly #sought = new Set<EntriesSought>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Somebody begins to look for entries of these keys. */
  begin(keys: readonly number[]): EntriesSought {
    const sought = new EntriesSought(this.#parts, keys, (ended) => this.#sought.delete(ended))
    this.#sought.add(sought)
    return sought
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

/** When an entry ends by the clock of its server; undefined if there is none, or what there was has ended. */
function lifeOf({ servers, keys }: Parts, key: number, endsMs: number): number | undefined {
  for (const { model } of servers().primaries) {
    const found = model.find(keys.valueKeyOf(key))
    if (found === undefined) continue
    return endsMs === -Infinity || endsMs >= model.data.nowMs ? found.expiresMs : undefined
  }
  return undefined
}
