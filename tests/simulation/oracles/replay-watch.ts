import type { HoldfastEvent } from "holdfast"
import type { RuleCounts } from "../tally/rules.ts"
import type { Servers } from "../world/servers.ts"
import type { Floors } from "./floors.ts"

/** When one process has said that it is connected to all primaries, and that it has nothing to tell them: what it promised holds again. */
export class ReplayWatch {
  readonly #process: number
  readonly #parts: { readonly floors: Floors; readonly servers: () => Servers; readonly rules: RuleCounts }
  /** What the latest connection of each server led to, by port. */
  readonly #runs = new Map<number, string>()
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
    else if (event.name === "connection") this.#runs.set(event.node.port, event.state === "ready" ? event.why : "")
    else return
    const { primaries, split } = servers()
    this.wasThere ||= primaries.every(({ node }) => (this.#runs.get(node.port) ?? "") !== "")
    const isThere = primaries.every(({ node, model }) => this.#runs.get(node.port) === `run ${model.runId}`)
    if (isThere && split === undefined && this.#pending === 0) floors.replayed(this.#process)
  }
}
