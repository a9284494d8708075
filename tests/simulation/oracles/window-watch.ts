import type { SimServer } from "../world/sim-server.ts"
import { extended, hasEnded, movedTo, termUntil, timeAt, type RecordedTerm } from "./recorded-term.ts"
import type { Violations } from "./violations.ts"

interface Open {
  overlapped: boolean
  term: RecordedTerm
}

/** What marks every open window of its key. */
const changes: ReadonlySet<string> = new Set(["INVALIDATE", "INVALIDATE-CONTROL", "CLOSE", "PUT"])

/** Where the id of a window stands that a script opens, counted from the command's name; its life follows. */
const openIdAt: Readonly<Record<string, number>> = { OPEN: 4, "OPEN-STRICT": 5, "OPEN-STRICT-CONTROL": 4 }

/** Keeps its own account of who writes what on which server: only a writer that was alone all the time stores (R6). */
export class WindowWatch {
  readonly #open = new Map<string, Map<string, Open>>()
  readonly #violations: Violations
  readonly #keyNames: readonly string[]
  readonly #counts: (server: SimServer) => boolean
  readonly #nowMs: () => number
  readonly #isStrict: boolean

  constructor(parts: {
    violations: Violations
    keyNames: readonly string[]
    /** Whether this is the one living primary. */
    counts: (server: SimServer) => boolean
    nowMs: () => number
    /** Whether a writer stands in the way of others although its record was lost. */
    isStrict: boolean
  }) {
    this.#violations = parts.violations
    this.#keyNames = parts.keyNames
    this.#counts = parts.counts
    this.#nowMs = parts.nowMs
    this.#isStrict = parts.isStrict
  }

  recordsLost(server: SimServer, key: number | undefined): void {
    if (this.#isStrict) return
    for (const at of key === undefined ? this.#keyNames.keys() : [key]) this.#open.delete(`${server.name} ${at}`)
  }

  moved(key: number | undefined, from: SimServer, to: SimServer): void {
    const open = this.#open.get(`${from.name} ${key}`)
    if (open === undefined) return
    this.#open.delete(`${from.name} ${key}`)
    for (const each of open.values()) each.term = movedTo(each.term, from, to)
    this.#open.set(`${to.name} ${key}`, open)
  }

  executed(server: SimServer, key: number, name: string, args: readonly string[], word: string): void {
    const place = `${server.name} ${key}`
    const nowMs = timeAt(server, this.#nowMs())
    const open = this.#open.get(place) ?? new Map<string, Open>()
    this.#open.set(place, open)
    for (const [id, { term }] of open) if (hasEnded(term, nowMs)) open.delete(id)
    if (name === "CLOSE") this.#close(server, key, open, args[5] as string, word)
    if (changes.has(name) && word !== "older") for (const each of open.values()) each.overlapped = true
    const idAt = openIdAt[name]
    if (idAt !== undefined) this.#opened(open, args[idAt] as string, nowMs + Number(args[idAt + 1]))
    const held = name === "EXTEND-WINDOW" && word === "held" ? open.get(args[4] as string) : undefined
    if (held !== undefined) held.term = extended(held.term, nowMs + Number(args[5]))
  }

  /** The windows of a key whose writer may still store. */
  aloneOf(server: SimServer, key: number): readonly string[] {
    const nowMs = timeAt(server, this.#nowMs())
    const open = [...(this.#open.get(`${server.name} ${key}`) ?? [])]
    return open.flatMap(([id, { overlapped, term }]) => (overlapped || hasEnded(term, nowMs) ? [] : [id]))
  }

  #opened(open: Map<string, Open>, id: string, untilMs: number): void {
    for (const each of open.values()) each.overlapped = true
    open.set(id, { overlapped: open.size > 0, term: termUntil(untilMs) })
  }

  #close(server: SimServer, key: number, open: Map<string, Open>, id: string, word: string): void {
    const own = open.get(id)
    open.delete(id)
    if (word !== "stored" || own?.overlapped === false || !this.#counts(server)) return
    const why = own === undefined ? "without a window" : "beside another"
    this.#violations.add("not-alone", `CLOSE of ${this.#keyNames[key]} stored what was written ${why}`)
  }
}
