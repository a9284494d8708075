import type { SimServer } from "../world/sim-server.ts"
import { extended, hasEnded, movedTo, termUntil, timeAt, type RecordedTerm } from "./recorded-term.ts"
import type { Violations } from "./violations.ts"

interface Held {
  readonly token: string
  term: RecordedTerm
}

/** Where the arguments of each script stand, counted from the command's name. */
const tokenAt: Readonly<Record<string, number>> = {
  LEASE: 5,
  "LEASE-STRICT": 5,
  FILL: 5,
  "KEEP-UNCHANGED": 5,
  "EXTEND-LEASE": 4,
  RELEASE: 4,
}
const lifeAt: Readonly<Record<string, number>> = { LEASE: 6, "LEASE-STRICT": 6, "EXTEND-LEASE": 5 }
/** What a lease is for. */
const storing: ReadonlySet<string> = new Set(["FILL", "KEEP-UNCHANGED"])
/** What takes every lease of its key away. */
const voiding: ReadonlySet<string> = new Set([
  "INVALIDATE",
  "INVALIDATE-CONTROL",
  "CLOSE",
  "PUT",
  "OPEN-STRICT",
  "OPEN-STRICT-CONTROL",
])

/** Keeps its own account of who holds which lease on which server: one holder at a time, and only the holder fills, extends and gives back (R1, G5). */
export class LeaseWatch {
  readonly #held = new Map<string, Held>()
  readonly #violations: Violations
  readonly #keyNames: readonly string[]
  #neverLapse: boolean
  readonly #counts: (server: SimServer) => boolean
  readonly #nowMs: () => number

  constructor(parts: {
    violations: Violations
    keyNames: readonly string[]
    /** Whether this is the one living primary. */
    counts: (server: SimServer) => boolean
    /** Whether nothing happens that keeps a holder from extending its lease. */
    neverLapse: boolean
    nowMs: () => number
  }) {
    this.#violations = parts.violations
    this.#counts = parts.counts
    this.#neverLapse = parts.neverLapse
    this.#keyNames = parts.keyNames
    this.#nowMs = parts.nowMs
  }

  /** From now on something may keep a holder from extending its lease. */
  mayLapse(): void {
    this.#neverLapse = false
  }

  /** A server has lost the record of one key, or all; what a fail-over brings back gives no right either (R4). */
  recordsLost(server: SimServer, key: number | undefined): void {
    for (const at of key === undefined ? this.#keyNames.keys() : [key]) this.#held.delete(`${server.name} ${at}`)
  }

  /** The record of a key has gone to another server of the cluster. */
  moved(key: number | undefined, from: SimServer, to: SimServer): void {
    const held = this.#held.get(`${from.name} ${key}`)
    if (held === undefined) return
    this.#held.delete(`${from.name} ${key}`)
    this.#held.set(`${to.name} ${key}`, { ...held, term: movedTo(held.term, from, to) })
  }

  executed(server: SimServer, key: number, name: string, args: readonly string[], word: string): void {
    const place = `${server.name} ${key}`
    const held = this.#held.get(place)
    if (voiding.has(name) && word !== "older") this.#held.delete(place)
    // A strict record that bars fills holds no lease: it was made anew, or a window has voided it.
    if (name === "LEASE-STRICT" && word === "no-fill") this.#held.delete(place)
    const token = args[tokenAt[name] ?? -1]
    if (token === undefined) return
    // The deadline as the server reckons it: its clock may have jumped since.
    const nowMs = timeAt(server, this.#nowMs())
    const untilMs = nowMs + Number(args[lifeAt[name] ?? -1])
    if (name.startsWith("LEASE") && word.endsWith("win")) {
      if (held !== undefined && (!hasEnded(held.term, nowMs) || this.#neverLapse))
        this.#blame(server, "second-lease", name, key)
      this.#held.set(place, { token, term: termUntil(untilMs) })
    }
    if (!isDone(name, word)) return
    // What a fail-over brought back may be given back by its former holder.
    if (held === undefined ? storing.has(name) : held.token !== token) this.#blame(server, "no-holder", name, key)
    if (name !== "EXTEND-LEASE") this.#held.delete(place)
    else if (held !== undefined) held.term = extended(held.term, untilMs)
  }

  /** Who may fill a key, if somebody may. */
  holderOf(server: SimServer, key: number): string | undefined {
    const held = this.#held.get(`${server.name} ${key}`)
    return held !== undefined && !hasEnded(held.term, timeAt(server, this.#nowMs())) ? held.token : undefined
  }

  #blame(server: SimServer, kind: "second-lease" | "no-holder", name: string, key: number): void {
    if (!this.#counts(server)) return
    const what =
      kind === "second-lease" ? "granted a lease while another was held" : "was done by somebody who holds no lease"
    this.#violations.add(kind, `${name} of ${this.#keyNames[key]} ${what}`)
  }
}

function isDone(name: string, word: string): boolean {
  if (storing.has(name)) return word !== "lost"
  return (name === "EXTEND-LEASE" && word === "held") || (name === "RELEASE" && word === "released")
}
