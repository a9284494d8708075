import type { RuleCounts } from "../tally/rules.ts"
import { ModelError, type ModelReply } from "../model/model-reply.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Source } from "../workload/source.ts"
import type { CommandNames } from "../world/command-name.ts"
import type { SimServer } from "../world/sim-server.ts"
import { readEntryText, type EntryText } from "./entry-text.ts"
import type { Floors } from "./floors.ts"
import { LeaseWatch } from "./lease-watch.ts"
import type { WindowWatch } from "./window-watch.ts"
import type { Violations } from "./violations.ts"

/** Where the arguments of each storing script stand, counted from the command's name. */
const entryAt: Readonly<Record<string, number>> = { FILL: 6, CLOSE: 6, PUT: 5, SET: 2 }
const modeAt: Readonly<Record<string, number>> = { CLOSE: 8, PUT: 7, INVALIDATE: 5 }
const versionAt: Readonly<Record<string, number>> = { CLOSE: 10, PUT: 9, INVALIDATE: 7 }

/** What ends the lease of a load that went well. */
const underLease: ReadonlySet<string> = new Set(["FILL", "KEEP-UNCHANGED"])
/** What takes every lease of its key away. */
const voiding: ReadonlySet<string> = new Set(["INVALIDATE", "CLOSE", "PUT", "OPEN-STRICT"])

interface Parts {
  readonly floors: Floors
  /** Who holds what, as the watch itself reckons it. */
  readonly accounts: readonly (LeaseWatch | WindowWatch)[]
  readonly violations: Violations
  readonly rules: RuleCounts
  readonly keys: KeySpace
  readonly names: CommandNames
  readonly source: () => Source
  /** How far loads may be behind; a tombstone lives as long. */
  readonly lagMs: number
  /** Whether what one load has brought may be stored by a later one, which has said nothing of its life. */
  readonly storesAgain: boolean
  /** Whether this is the one living primary. */
  readonly counts: (server: SimServer) => boolean
  readonly nowMs: () => number
}

interface Stored {
  readonly version: string
  readonly untilMs: number
  /** Of the entry; undefined: it is not known. */
  readonly id: string | undefined
}

const nothing: Stored = { version: "", untilMs: 0, id: undefined }

/** Watches what servers execute: nothing older than an acknowledged invalidation may be stored (R1, R4, R5), nor another key's value. */
export class StoreWatch {
  readonly #parts: Parts
  /** When each version of each key was stored last. */
  readonly #storedMs: Map<number, number>[]
  /** The token of the lease that each key has, as far as it was seen. */
  readonly #leases: (string | undefined)[]
  /** The highest version that each key was invalidated with, as long as nothing can have taken the record away. */
  readonly #tombstones: string[]
  /** The version of what each key holds and until when, as long as nothing can have taken it away. */
  readonly #stored: Stored[]
  /** What was ever stored, by the id of its entry. */
  readonly #entries = new Map<string, EntryText>()
  /** When each key was invalidated last. */
  readonly #buriedMs: number[]

  constructor(parts: Parts) {
    this.#parts = parts
    this.#storedMs = parts.keys.names.map(() => new Map())
    this.#leases = parts.keys.names.map(() => undefined)
    this.#tombstones = parts.keys.names.map(() => "")
    this.#stored = parts.keys.names.map(() => nothing)
    this.#buriedMs = parts.keys.names.map(() => 0)
  }

  lastStoredMs(key: number, version: number): number {
    return this.#storedMs[key]?.get(version) ?? -Infinity
  }

  /** A server has lost records. */
  recordsLost(): void {
    this.#tombstones.fill("")
    this.#stored.fill(nothing)
    this.#leases.fill(undefined)
  }

  clockJumped(): void {
    this.#tombstones.fill("")
  }

  /** The version of what a key holds cannot be read any more. */
  valueDamaged(key: number | undefined): void {
    if (key !== undefined) this.#stored[key] = nothing
  }

  executed(server: SimServer, args: readonly string[], reply: ModelReply): string {
    const name = this.#parts.names.of(args)
    if (reply instanceof ModelError) {
      if (reply.text.startsWith("NOSCRIPT")) this.#parts.rules.saw("script sent again")
      if (/^(MOVED|ASK) /.test(reply.text)) this.#parts.rules.saw("MOVED or ASK")
      if (reply.text.startsWith("TRYAGAIN")) this.#parts.rules.saw("TRYAGAIN")
      // A fill that the server has no memory for gives its lease back, and leaves the rest of the record as it is.
      if (underLease.has(name) && reply.text.startsWith("OOM"))
        this.#lost(
          server,
          args[3],
          this.#parts.accounts.filter((each) => each instanceof LeaseWatch),
        )
      return name
    }
    if (name === "INVALIDATE-TAG") this.#parts.rules.saw("R7 tag invalidated")
    const key = this.#parts.keys.indexOf(name === "SET" || name === "GET" ? args[1] : args[3])
    if (key === undefined) return name
    const word = String(Array.isArray(reply) ? reply[0] : reply)
    this.#see(key, name, args, word)
    if (name === "OPEN-STRICT") this.#dropped(server, key, "drop")
    for (const account of this.#parts.accounts) account.executed(server, key, name, args, word)
    if (word === "stored" || name === "SET") this.#judge(server, key, name, args)
    if (word === "kept") this.#kept(server, key, name, args)
    if (word === "renewed" && this.#parts.counts(server)) this.#renewed(server, key, Number(args[6]))
    if (word === "invalidated" || name === "INVALIDATE-VALUE") this.#dropped(server, key, args[modeAt[name] ?? -1])
    const version = args[versionAt[name] ?? -1]
    if (version !== undefined && word === "invalidated" && this.#parts.counts(server)) this.#bury(key, version)
    return name
  }

  #lost(server: SimServer, storeKey: string | undefined, accounts = this.#parts.accounts): void {
    for (const account of accounts) account.recordsLost(server, this.#parts.keys.indexOf(storeKey))
  }

  #see(key: number, name: string, args: readonly string[], word: string): void {
    const { rules } = this.#parts
    if (name.startsWith("LEASE") && word.endsWith("win")) this.#leases[key] = args[5]
    if (name === "LEASE" && word === "stale-win") rules.saw("background refresh")
    if (underLease.has(name) || name === "RELEASE") this.#leases[key] = undefined
    if (underLease.has(name) && word === "lost") rules.saw("R1 fill refused")
    if (word === "kept") rules.saw("unchanged kept")
    if ((underLease.has(name) || name === "PUT") && word === "older") rules.saw("R5 older refused")
    if (name === "CLOSE" && word === "invalidated" && args[6] !== "") rules.saw("R6 close invalidates")
    if (name === "EXTEND-LEASE") rules.saw(word === "held" ? "lease extended" : "lease gone")
    if (name === "LEASE-STRICT" && word === "no-fill") rules.saw("R6 fill barred")
    if (name === "EXTEND-WINDOW" && word === "gone") rules.saw("window gone")
    if (!voiding.has(name)) return
    if (this.#leases[key] !== undefined) rules.saw("R2 lease voided")
    this.#leases[key] = undefined
  }

  #judge(server: SimServer, key: number, name: string, args: readonly string[]): void {
    const { keys, violations } = this.#parts
    const at = entryAt[name] as number
    const entry = readEntryText(args[at] as string)
    const keyName = keys.names[key] as string
    this.#entries.set(entry.id, entry)
    if (!entry.isAbsent && entry.key !== keyName) {
      violations.add("foreign-store", `${name} stored a row of ${entry.key} under ${keyName}`)
    }
    if (!entry.isAsSaid && !this.#parts.storesAgain)
      violations.add("not-as-said", `${name} stored ${keyName} otherwise than its loader has said`)
    this.#lives(server, key, { name, entry, keepMs: Number(args[at + 1]) })
  }

  /** What was found unchanged is stored once more, as it were; it must be what the key holds. */
  #kept(server: SimServer, key: number, name: string, args: readonly string[]): void {
    const { keys, violations, counts } = this.#parts
    const id = Buffer.from(args[6] as string, "hex").toString("latin1")
    const { id: held } = this.#stored[key] as Stored
    if (counts(server) && held !== undefined && held !== id)
      violations.add("kept-another", `${name} let another entry of ${keys.names[key]} live on than was unchanged`)
    const entry = this.#entries.get(id)
    if (entry !== undefined) this.#lives(server, key, { name, entry, keepMs: Number(args[8]) })
  }

  #lives(
    server: SimServer,
    key: number,
    { name, entry, keepMs }: { readonly name: string; readonly entry: EntryText; readonly keepMs: number },
  ): void {
    const { floors, keys, source, violations, lagMs, nowMs } = this.#parts
    const row = entry.isAbsent ? source().lastAbsent(key) : entry.row
    this.#storedMs[key]?.set(row, nowMs())
    if (!this.#parts.counts(server)) return
    if (this.#isInOrder(server, key, name, entry)) {
      const { version, id } = entry
      this.#stored[key] = { version, id, untilMs: nowMs() + server.clock.skewMs + keepMs }
    }
    if (lagMs > 0 || row >= floors.forStores(key)) return
    const floor = name === "PUT" ? floors.forPuts(key) : floors.forStores(key)
    // A put that renews what a loss has brought back makes it stay for another ttl.
    if (row >= floor) floors.stateLost(false)
    else
      violations.add(
        "stale-store",
        `${name} stored version ${row} of ${keys.names[key]}, and ${floor} was acknowledged before`,
      )
  }

  #renewed(server: SimServer, key: number, keepMs: number): void {
    const stored = this.#stored[key] as Stored
    if (stored.untilMs > 0)
      this.#stored[key] = { ...stored, untilMs: this.#parts.nowMs() + server.clock.skewMs + keepMs }
  }

  /** Whether it is not older than its tombstone and than what it replaces. */
  #isInOrder(server: SimServer, key: number, name: string, { version, row }: EntryText): boolean {
    const { keys, violations, nowMs, lagMs } = this.#parts
    const { version: stored, untilMs } = this.#stored[key] as Stored
    const isOlder = version !== "" && version < stored && nowMs() + server.clock.skewMs < untilMs
    // An absence may be stored once its tombstone has ended.
    const hasEnded = version === "" && lagMs > 0 && this.#hasEnded(key)
    const isBuried = version < (this.#tombstones[key] as string) && !hasEnded
    if (!isOlder && !isBuried) return true
    const than = isBuried ? "its tombstone" : "what it replaced"
    violations.add("older-version", `${name} stored version ${row} of ${keys.names[key]}, older than ${than}`)
    return false
  }

  /** What is dropped leaves its version behind. */
  #dropped(server: SimServer, key: number, mode: string | undefined): void {
    const { counts, nowMs } = this.#parts
    if (!counts(server)) return
    const { version, untilMs, id } = this.#stored[key] as Stored
    // Of a change in one step it is known whether anything is left: what was expired may be.
    this.#stored[key] = { ...nothing, id: mode === "drop" ? "" : id }
    if (mode === "drop" && nowMs() + server.clock.skewMs < untilMs) this.#bury(key, version)
  }

  #bury(key: number, version: string): void {
    // A change without version prolongs a tombstone, and makes none.
    if (version !== "" || !this.#hasEnded(key)) this.#buriedMs[key] = this.#parts.nowMs()
    if (version > (this.#tombstones[key] as string)) this.#tombstones[key] = version
  }

  #hasEnded(key: number): boolean {
    const { lagMs, nowMs } = this.#parts
    return nowMs() - (this.#buriedMs[key] as number) >= lagMs
  }
}
