import type { HoldfastEvent } from "holdfast"
import type { SimProcess } from "../world/sim-process.ts"
import type { RuleCounts } from "./rules.ts"

/** Reads off the library's events which rules were at work in one process. */
export class EventWatch {
  readonly #rules: RuleCounts
  readonly #process: SimProcess
  #sockets = 0
  #pending = 0
  /** Fills that the cache reported as lost. */
  fillsLost = 0

  constructor(rules: RuleCounts, process: SimProcess) {
    this.#rules = rules
    this.#process = process
  }

  hear(event: HoldfastEvent): void {
    const rules = this.#rules
    switch (event.name) {
      case "read":
        if (event.outcome === "near-hit") rules.saw("near hit")
        if (event.outcome === "outage-hit") rules.saw("outage hit")
        if (event.outcome === "stale-fenced") rules.saw("fenced served")
        if (event.outcome === "stale") rules.saw("stale served")
        if (event.outcome === "negative-hit") rules.saw("absence served")
        if (this.#process.wallJumped && event.outcome === "hit") rules.saw("R9 wall jump passed")
        return
      case "fill":
        if (event.answer === "lost") this.fillsLost += 1
        return
      case "entry-foreign":
        return rules.saw("R8 foreign entry")
      case "undelivered":
        return this.#journal(event.pending)
      case "breaker":
        if (event.state === "open") rules.saw("breaker opened")
        return
      case "connection":
        return this.#connection(event.state, event.why)
      default:
    }
  }

  #journal(pending: number): void {
    if (pending > this.#pending) this.#rules.saw("journal kept")
    if (pending < this.#pending) this.#rules.saw("journal told", this.#pending - pending)
    this.#pending = pending
  }

  #connection(state: string, why: string): void {
    if (state === "ready") {
      this.#sockets += 1
      if (this.#sockets > 1) this.#rules.saw("R4 new socket")
    }
    if (why.startsWith("no answer")) this.#rules.saw("silence noticed")
    if (why.startsWith("a reply to")) this.#rules.saw("R8 foreign reply")
  }
}
