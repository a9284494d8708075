import type {
  LinkRequest,
  RedisArgument,
  RedisClient,
  RedisLink,
  RedisReply,
  ReplyTarget,
} from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { clientArguments } from "./arguments.ts"
import { closeReason, commandError } from "./client-errors.ts"
import { isolated } from "./opening.ts"

/** The user's own connected client, as far as commands can be sent over it. */
export interface SharedConnection {
  isReady(): boolean
  send(args: readonly (string | Buffer)[]): Promise<unknown>
  /** Calls `run` whenever the connection is lost. Returns the end of it. */
  onLost(run: () => void): () => void
}

/**
 * Sends commands over the user's own connection instead of one of Holdfast's.
 *
 * What is lost: a socket that is dead without being closed cannot be destroyed and stays until the client notices; the client's own
 * queues, retries and re-sending apply, so that a command may be executed twice or late; other commands of the program delay ours;
 * and nothing is sent before the program itself has connected. Subscriptions still need a socket of their own.
 */
export function sharedClient(own: RedisClient, connection: SharedConnection): RedisClient {
  return {
    ...own,
    connect: (request) => (request.purpose === "subscriber" ? own.connect(request) : connect(connection, request)),
  }
}

async function connect(connection: SharedConnection, request: LinkRequest): Promise<RedisLink> {
  if (request.node !== undefined) {
    throw new HoldfastError("CLIENT_NOT_SUPPORTED", "A shared connection leads to one server only.")
  }
  if (connection.isReady()) return new SharedLink(connection, request)
  throw new HoldfastError("STORE_UNAVAILABLE", "The shared client is not connected.", {
    facts: { reason: "the shared client is not connected" },
  })
}

class SharedLink implements RedisLink {
  readonly #connection: SharedConnection
  readonly #request: LinkRequest
  readonly #stopListening: () => void
  #open = true

  constructor(connection: SharedConnection, request: LinkRequest) {
    this.#connection = connection
    this.#request = request
    this.#stopListening = connection.onLost(() => this.destroy())
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    const name = args[0]
    const reply = this.#open ? this.#connection.send(clientArguments(args)) : Promise.reject(closeReason(undefined))
    reply.then(
      (value) => target.answered(value as RedisReply),
      (error: unknown) => target.refused(commandError(error, name)),
    )
  }

  subscribe(): Promise<void> {
    return Promise.reject(new HoldfastError("CLIENT_NOT_SUPPORTED", "A shared connection takes no subscriptions."))
  }

  /** The user's socket is not ours to close: this link just ends. */
  destroy(): void {
    if (!this.#open) return
    this.#open = false
    this.#stopListening()
    isolated(this.#request.onClose)(undefined)
  }
}
