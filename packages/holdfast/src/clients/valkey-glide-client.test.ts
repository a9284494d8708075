import { once } from "node:events"
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { LinkRequest, RedisLink } from "../contracts/redis-client.ts"
import { deferred } from "../internal/deferred.ts"
import { valkeyGlide } from "./valkey-glide-client.ts"
import type { GlideConfiguration, GlideConnection } from "./valkey-glide-shape.ts"

/** A server that answers everything with the same, and keeps its sockets in hand. */
let server: Server
let sockets: Socket[]
let reply: string
beforeEach(async () => {
  sockets = []
  reply = "+PONG\r\n"
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on("error", () => {}).on("data", () => socket.write(reply))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port
const here = (): GlideConfiguration => ({ addresses: [{ host: "127.0.0.1", port: portOf(server) }] })

/** Connects as GLIDE does, at its first command, and shows what it was made with. */
class FakeGlide implements GlideConnection {
  static made: FakeGlide[] = []
  readonly configuration: {
    readonly addresses: readonly { readonly port: number }[]
    readonly [option: string]: unknown
  }
  socket: Socket | undefined
  isClosed = false
  /** What the next commands are answered with. */
  answers: unknown[] = []

  constructor(configuration: GlideConfiguration) {
    this.configuration = configuration as unknown as FakeGlide["configuration"]
  }

  static createClient(configuration: GlideConfiguration): Promise<GlideConnection> {
    const client = new FakeGlide(configuration)
    FakeGlide.made.push(client)
    return Promise.resolve(client)
  }

  /** Another socket to the same place, as after a loss. */
  knock(): Socket {
    return connect(this.configuration.addresses[0]?.port ?? 0, "127.0.0.1").on("error", () => {})
  }

  async customCommand(): Promise<unknown> {
    if (this.socket === undefined) {
      this.socket = this.knock()
      await once(this.socket, "connect")
    }
    const answer = this.answers.shift()
    if (answer instanceof Error) throw answer
    return answer ?? "PONG"
  }

  subscribe(): Promise<unknown> {
    return Promise.resolve(null)
  }

  close(): void {
    this.isClosed = true
    this.socket?.destroy()
  }
}

interface Opened {
  readonly link: RedisLink
  readonly glide: FakeGlide
  readonly closed: Promise<Error | undefined>
}

async function open(configuration = here(), request: Partial<LinkRequest> = {}): Promise<Opened> {
  const closed = deferred<Error | undefined>()
  const defaults = { node: undefined, purpose: "data", connectTimeoutMs: 2000, onClose: closed.resolve } as const
  const link = await valkeyGlide(FakeGlide, configuration).connect({ ...defaults, ...request })
  return { link, glide: FakeGlide.made.at(-1) as FakeGlide, closed: closed.promise }
}

const send = (link: RedisLink, ...args: string[]): Promise<unknown> =>
  new Promise((resolve) => link.send(args, { answered: resolve, refused: resolve }))

test("the class and a configuration make a client, with the servers of the configuration", () => {
  const addresses = [{ host: "a" }, { host: "b", port: 7 }]
  const seeds = [
    { host: "a", port: 6379 },
    { host: "b", port: 7 },
  ]
  expect(valkeyGlide(FakeGlide, { addresses })).toMatchObject({ driver: "valkey-glide", topology: "standalone", seeds })
  expect(valkeyGlide(FakeGlide, { addresses }, { topology: "cluster" })).toMatchObject({ topology: "cluster", seeds })
})

class ForClusters extends FakeGlide {
  ssubscribe(): void {}
}

test.each([
  ["no class", undefined, "class `GlideClient`", here],
  ["the class for clusters", ForClusters, 'topology: "cluster"', here],
  ["no address", FakeGlide, "names no `addresses`", () => ({ addresses: [] })],
])("%s is refused, and the error says what to do", (_name, glide, says, configuration) => {
  const make = (): unknown => valkeyGlide(glide as typeof FakeGlide, configuration())
  expect(make).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
  expect(make).toThrow(says)
})

/** What a configuration may hold besides what Holdfast reads. */
const usersOwn = {
  credentials: { password: "x" },
  databaseId: 3,
  requestTimeout: 10,
  readFrom: "preferReplica",
  compression: { enabled: true },
  clientSideCache: {},
  clientCircuitBreaker: {},
  lazyConnect: false,
}

test("what GLIDE would do by itself is switched off, and what is the user's own is kept", async () => {
  const { link, glide } = await open({
    ...here(),
    ...usersOwn,
  })
  expect(glide.configuration).toMatchObject({
    credentials: { password: "x" },
    databaseId: 3,
    requestTimeout: 60_000,
    readFrom: "primary",
    compression: undefined,
    clientSideCache: undefined,
    clientCircuitBreaker: undefined,
    lazyConnect: true,
    protocol: 1,
    clientInfoTag: "holdfast",
  })
  link.destroy()
})

test("GLIDE gets one socket: the second is refused, and nothing of it reaches the server", async () => {
  const { link, glide } = await open()
  expect(sockets.length).toBe(1)
  const second = glide.knock()
  await once(second, "close")
  expect(sockets.length).toBe(1)
  expect(await send(link, "PING")).toEqual(Buffer.from("PONG"))
  link.destroy()
})

test("when the server closes the socket, the link closes at once, idle or not, and GLIDE finds no other", async () => {
  const { link, glide, closed } = await open()
  sockets[0]?.destroy()
  expect(await closed).toBeUndefined()
  expect(glide.isClosed).toBe(true)
  const again = glide.knock()
  await once(again, "close")
  expect(sockets.length).toBe(1)
  expect(await send(link, "PING")).toMatchObject({ code: "CONNECTION_CLOSED" })
})

test("when GLIDE drops its socket, the link closes and the server's socket with it", async () => {
  const { glide, closed } = await open()
  const gone = once(sockets[0] as Socket, "close")
  glide.socket?.destroy()
  expect(await closed).toBeUndefined()
  await gone
})

test("when the server refuses the handshake, its word is the reason, although GLIDE keeps it to itself", async () => {
  class Refused extends FakeGlide {
    static override createClient(configuration: GlideConfiguration): Promise<GlideConnection> {
      return Promise.resolve(new Refused(configuration))
    }
    override async customCommand(): Promise<unknown> {
      const socket = this.knock()
      socket.on("data", () => socket.destroy()).write("AUTH")
      return new Promise(() => {})
    }
  }
  reply = "-WRONGPASS secret\r\n"
  const request = { node: undefined, purpose: "data", connectTimeoutMs: 5000, onClose: () => {} } as const
  const failure = await valkeyGlide(Refused, here())
    .connect(request)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: "SERVER_REFUSED", facts: { reply: "WRONGPASS" } })
  expect(String(failure)).not.toContain("secret")
})

test("an answer that GLIDE has waited for too long ends the link", async () => {
  const { link, glide, closed } = await open()
  glide.answers = [Object.assign(new Error("timed out"), { name: "TimeoutError" })]
  expect(await send(link, "GET", "k")).toMatchObject({ code: "CONNECTION_CLOSED" })
  expect(await closed).toMatchObject({ code: "CONNECTION_CLOSED" })
})

test("destroying ends GLIDE and the socket, is reported once, and may be repeated", async () => {
  const { link, glide, closed } = await open()
  const gone = once(sockets[0] as Socket, "close")
  link.destroy()
  link.destroy()
  expect(await closed).toBeUndefined()
  expect(glide.isClosed).toBe(true)
  await gone
})

test("a server that does not answer never gets so far as GLIDE, which cannot be stopped then", async () => {
  const silent = createServer((socket) => void sockets.push(socket.on("error", () => {}))).listen(0, "127.0.0.1")
  await once(silent, "listening")
  const made = FakeGlide.made.length
  const attempt = open({ addresses: [{ host: "127.0.0.1", port: portOf(silent) }] }, { connectTimeoutMs: 50 })
  await expect(attempt).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    facts: { reason: "connecting took too long" },
  })
  expect(FakeGlide.made.length).toBe(made)
  silent.close()
})

test("of several addresses that of the primary is used", async () => {
  const two = { addresses: [...here().addresses, ...here().addresses] }
  const roles = ["role:slave", "role:master"]
  class Replicated extends FakeGlide {
    static override async createClient(configuration: GlideConfiguration): Promise<GlideConnection> {
      const client = (await FakeGlide.createClient(configuration)) as FakeGlide
      client.answers = ["PONG", `# Replication\r\n${roles.shift() ?? "role:slave"}\r\n`]
      return client
    }
  }
  const closings: unknown[] = []
  const onClose = (reason: unknown): void => void closings.push(reason)
  const request = { node: undefined, purpose: "data", connectTimeoutMs: 2000, onClose } as const
  const client = valkeyGlide(Replicated, two)
  const link = await client.connect(request)
  expect(FakeGlide.made.slice(-2).map(({ isClosed }) => isClosed)).toEqual([true, false])
  expect(closings).toEqual([])
  link.destroy()
  await expect(client.connect(request)).rejects.toMatchObject({ facts: { role: "replica" } })
  expect(closings).toEqual([undefined])
})
