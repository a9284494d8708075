import type { HoldfastEvent } from "holdfast"
import type { RuleCounts } from "../tally/rules.ts"
import type { Servers } from "../world/servers.ts"
import type { Floors } from "./floors.ts"

/** When one process has said that it is connected to the living primary, and that it has nothing to tell it: what it promised holds again. */
export class ReplayWatch {
  readonly #process: number
  readonly #parts: { readonly floors: Floors; readonly servers: () => Servers; readonly rules: RuleCounts }
  #run = ""
  /** Whether it has ever been connected. */
  wasThere = false
  #pending = 0

  constructor(process: number, parts: { floors: Floors; servers: () => Servers; rules: RuleCounts }) {
    this.#process = process
    this.#parts = parts
  }

  hear(event: HoldfastEvent): void {
    const { floors, servers, rules } = this.#parts
    if (event.name === "replay") {
      rules.saw(event.cleared > 0 ? "cleared" : "replayed")
      return
    }
    if (event.name === "undelivered") this.#pending = event.pending
    else if (event.name === "connection") this.#run = event.state === "ready" ? event.why : ""
    else return
    this.wasThere ||= this.#run !== ""
    const { primary, split, cluster } = servers()
    const isThere = cluster === undefined && split === undefined && this.#run === `run ${primary.model.runId}`
    if (isThere && this.#pending === 0) floors.replayed(this.#process)
  }
}
