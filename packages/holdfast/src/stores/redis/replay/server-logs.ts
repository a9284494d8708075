import type { Generation } from "../../../contracts/redis-connection.ts"
import type { LogLimits } from "./acknowledged-log.ts"
import { nodeOf, ServerLog } from "./server-log.ts"

/** Servers without slots of which it is remembered that they had acknowledged something, at most. */
const goneMost = 256

/** The logs of all servers that have acknowledged anything to this process. */
export class ServerLogs {
  readonly #limits: LogLimits
  #logs: readonly ServerLog[] = []

  constructor(limits: LogLimits) {
    this.#limits = limits
  }

  get all(): readonly ServerLog[] {
    return this.#logs
  }

  /** That of a server; an empty one if it has none yet. */
  of(generation: Generation): ServerLog {
    const node = nodeOf(generation)
    const known = this.#logs.find((each) => each.node === node)
    if (known !== undefined) return known
    const log = new ServerLog(generation, this.#limits)
    this.#logs = [...this.#logs, log]
    return log
  }

  /**
   * Those whose server may have another one in its place now. Of a server that has left nothing can be told from a slot that it had: its
   * number went with the slot, and ended there.
   *
   * @param place of the other one
   * @param sharesSlots whether one server has all slots
   */
  concernedBy(generation: Generation, place: string, sharesSlots: boolean): readonly ServerLog[] {
    return this.#logs.filter(
      (log) => log.place !== place && (sharesSlots || !log.isGone || log.isSucceededBy(generation)),
    )
  }

  /**
   * Lets go of what is too old. A server that has no slot for as long is gone; if it comes back, it is still known that it may have lost
   * something, and no more what.
   *
   * @param nodes that have slots
   */
  tidy(nowMs: number, nodes: ReadonlySet<string>): void {
    for (const log of this.#logs) {
      log.acknowledged.forget(nowMs)
      log.awaySinceMs = nodes.has(log.node) ? undefined : (log.awaySinceMs ?? nowMs)
      const awayMs = nowMs - (log.awaySinceMs ?? nowMs)
      log.isGone = awayMs > this.#limits.reachMs && log.acknowledged.size === 0
    }
    const gone = this.#logs.filter((log) => log.isGone)
    if (gone.length <= goneMost) return
    const longest = gone.toSorted((a, b) => (a.awaySinceMs ?? 0) - (b.awaySinceMs ?? 0))
    const forgotten = new Set(longest.slice(0, gone.length - goneMost))
    this.#logs = this.#logs.filter((log) => !forgotten.has(log))
  }
}
