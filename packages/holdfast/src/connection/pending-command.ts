import type { RedisArgument, RedisReply, ReplyTarget } from "../contracts/redis-client.ts"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import { Deadline } from "../policy/deadline-queue.ts"
import type { DataSocket } from "./data-socket.ts"

/** Who sends commands, and hears how each ends. */
export interface CommandOwner {
  answered(command: PendingCommand, reply: RedisReply): void
  refused(command: PendingCommand, error: HoldfastError): void
  /** Its time is up. */
  gaveUp(command: PendingCommand, stalled: boolean): void
}

/** A command that its caller waits for. There is one of these and one promise for each, so it holds as little as possible. */
export class PendingCommand extends Deadline implements ReplyTarget {
  readonly promise: Promise<RedisReply>
  readonly name: RedisArgument | undefined
  readonly timeoutMs: number
  /** Where it was sent; undefined while it waits for the first connection. */
  socket: DataSocket | undefined = undefined
  settled = false
  resolve!: (reply: RedisReply) => void
  reject!: (error: HoldfastError) => void
  readonly #owner: CommandOwner

  constructor(owner: CommandOwner, name: RedisArgument | undefined, timeoutMs: number) {
    super()
    this.#owner = owner
    this.name = name
    this.timeoutMs = timeoutMs
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** When its time began: when it was sent, or when a blocked event loop let it begin again. */
  get sentMs(): number {
    return this.dueMs - this.timeoutMs
  }

  answered(reply: RedisReply): void {
    this.#owner.answered(this, reply)
  }

  refused(error: HoldfastError): void {
    this.#owner.refused(this, error)
  }

  override expire(stalled: boolean): void {
    this.#owner.gaveUp(this, stalled)
  }
}
