import type { Generation } from "../../../contracts/redis-connection.ts"
import { AcknowledgedLog, type LogLimits } from "./acknowledged-log.ts"

/** A key that lies on one server, and its slot. */
export interface MarkPlace {
  readonly slot: number
  readonly key: string
}

/** Histories that a log is known to have been in at most. */
const historiesMost = 8

/** What one server, and whoever took its place, has acknowledged to this process. */
export class ServerLog {
  readonly acknowledged: AcknowledgedLog
  /** Host and port. */
  node: string
  /** The server, its run and its history, as {@link placeOf} names them. */
  place: string
  /** Where this process's number is left; undefined until it was sent for the first time. */
  mark: MarkPlace | undefined
  /** The number that the server has acknowledged to be there; -1: none. */
  marked = -1
  markedMs: number = -Infinity
  /** How often in a row the server has refused the number. */
  refusals = 0
  /** The number is not sent to it again before that. */
  heldUntilMs: number = -Infinity
  /** Since when it is noticed that the server has no slot; undefined: it has. */
  awaySinceMs: number | undefined
  /** It has had no slot for long, and nothing that it acknowledged is remembered. */
  isGone = false
  readonly #histories: string[] = []

  constructor(generation: Generation, limits: LogLimits) {
    this.acknowledged = new AcknowledgedLog(limits)
    this.node = nodeOf(generation)
    this.place = placeOf(generation)
    this.#histories.push(generation.replId)
  }

  /** Whether a server is the same one, or was a replica of it when it was promoted. */
  isSucceededBy(generation: Generation): boolean {
    const { formerReplId } = generation
    return this.node === nodeOf(generation) || (formerReplId !== "" && this.#histories.includes(formerReplId))
  }

  /** It has its data. */
  has(generation: Generation): void {
    this.#histories.push(generation.replId)
    if (this.#histories.length > historiesMost) this.#histories.shift()
  }

  /** From now on that server is meant. */
  moveTo(generation: Generation): void {
    this.node = nodeOf(generation)
    this.place = placeOf(generation)
    this.marked = -1
    this.refusals = 0
    this.heldUntilMs = -Infinity
    this.awaySinceMs = undefined
    this.isGone = false
  }

  /** Whether the server's mark says less than it might. */
  get isUnmarked(): boolean {
    return this.marked < this.acknowledged.newest || this.marked === -1
  }
}

export function nodeOf({ node }: Pick<Generation, "node">): string {
  return `${node.host}:${node.port}`
}

/** One name for one server in one run and one history, whatever the socket. */
export function placeOf(generation: Generation): string {
  return `${nodeOf(generation)} ${generation.runId} ${generation.replId}`
}
