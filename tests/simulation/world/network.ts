import type { LinkRequest, RedisClient, RedisLink } from "holdfast/testing"
import type { MessageFaults } from "../faults/message-faults.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { CommandNames } from "./command-name.ts"
import { roll } from "./dice.ts"
import { cannotConnect } from "./replies.ts"
import type { Servers } from "./servers.ts"
import { SimLink } from "./sim-link.ts"
import type { SimProcess } from "./sim-process.ts"
import type { SimServer } from "./sim-server.ts"
import type { World } from "./world.ts"

/** Who sent a command, and when. */
export interface Sent {
  readonly process: SimProcess
  readonly sentMs: number
}

/** Between processes and servers: sockets with delays. */
export class Network {
  readonly world: World
  readonly servers: Servers
  readonly faults: MessageFaults
  readonly keys: KeySpace
  readonly names: CommandNames
  /** Whether a lost message takes its connection with it, as on a real server: it is the connection that loses messages. */
  readonly losesConnections: boolean
  readonly #evicted: (server: SimServer, storeKey: string) => void
  /** Whose command is being executed, and when it was sent. */
  executing: Sent | undefined

  constructor(parts: {
    world: World
    servers: Servers
    faults: MessageFaults
    keys: KeySpace
    names: CommandNames
    losesConnections: boolean
    evicted: (server: SimServer, storeKey: string) => void
  }) {
    this.losesConnections = parts.losesConnections
    this.world = parts.world
    this.servers = parts.servers
    this.faults = parts.faults
    this.keys = parts.keys
    this.names = parts.names
    this.#evicted = parts.evicted
  }

  /** The server lets go of a key. */
  evict(server: SimServer, storeKey: string | undefined): void {
    if (storeKey !== undefined && server.model.evict(storeKey)) this.#evicted(server, storeKey)
  }

  /** What a process gives Holdfast as its client. */
  client(process: SimProcess): RedisClient {
    const { servers } = this
    return {
      driver: "simulated",
      topology: servers.cluster === undefined ? "standalone" : "cluster",
      seeds: servers.primaries.map(({ node }) => node),
      connect: (request) => this.#connect(process, request),
    }
  }

  /** How long the next message of a link takes one way, in milliseconds. */
  latencyMs(link: SimLink): number {
    const drawn = this.draw(link, 1)
    return 0.2 + 3 * drawn * drawn
  }

  draw(link: SimLink, salt: number): number {
    const { seed, nowMs } = this.world
    return roll(seed, link.process.id * 64 + (link.purpose === "data" ? 8 : 16) + salt, nowMs * 1024)
  }

  #connect(process: SimProcess, request: LinkRequest): Promise<RedisLink> {
    const { world } = this
    return new Promise((resolve, reject) => {
      let link: SimLink | undefined
      let isOver = false
      const end = (): void => {
        isOver = true
        process.clock.clearTimeout(timer)
        request.signal?.removeEventListener("abort", onAbort)
      }
      const giveUp = (reason: string): void => {
        if (isOver) return
        end()
        link?.destroy()
        reject(cannotConnect(reason))
      }
      const onAbort = (): void => giveUp("given up")
      const timer = process.clock.setTimeout(() => giveUp("timeout"), request.connectTimeoutMs)
      request.signal?.addEventListener("abort", onAbort)
      world.at(this.#connectMs(process), undefined, () => {
        if (isOver) return
        const server = this.servers.serverOf(process, request.node)
        if (server === undefined) {
          world.at(this.#connectMs(process), process, () => giveUp("ECONNREFUSED"))
          return
        }
        const opened = new SimLink(this, process, server, request)
        link = opened
        const session = server.model.connect({
          push: (channel, message) => opened.push(channel, message),
          tracked: (keys) => opened.tracked(keys),
          closed: () => opened.cut(false),
        })
        opened.accept(session, () => {
          if (isOver) return
          end()
          resolve(opened)
        })
      })
    })
  }

  #connectMs(process: SimProcess): number {
    return 0.2 + 3 * roll(this.world.seed, process.id * 64 + 32, this.world.nowMs * 1024)
  }
}
