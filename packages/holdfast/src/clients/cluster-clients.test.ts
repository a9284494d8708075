import { EventEmitter } from "node:events"
import { expect, test } from "vitest"
import type { LinkRequest, NodeAddress, RedisClient } from "../contracts/redis-client.ts"
import { addressMapper } from "./cluster-client.ts"
import { detectClient } from "./detect-client.ts"

interface Settings {
  readonly host?: string
  readonly port?: number
  readonly password?: string
  readonly credentialsProvider?: unknown
  readonly socket?: { readonly host?: string; readonly port?: number; readonly tls?: boolean }
}

/** A client for one server that connects nowhere and tells with what it would. */
class Single extends EventEmitter {
  static readonly connected: Settings[] = []
  readonly status = "wait"
  readonly isOpen = false
  readonly options: Settings
  constructor(options: Settings) {
    super()
    this.options = options
  }
  duplicate(overrides: object): Single {
    return new Single({ ...this.options, ...overrides })
  }
  connect(): Promise<void> {
    Single.connected.push(this.options)
    return Promise.reject(new Error("nowhere"))
  }
  disconnect(): void {}
  destroy(): void {}
}

function ioredisLike(startupNodes: readonly unknown[], options: object = {}): object {
  const { redisOptions } = options as { redisOptions?: Settings }
  const cluster = {
    startupNodes,
    options,
    slots: [],
    callBuffer: () => {},
    duplicate: () => cluster,
    connectionPool: { findOrCreate: (node: object) => new Single({ ...redisOptions, ...node }) },
  }
  return cluster
}

interface ClusterOptions {
  readonly rootNodes: readonly Settings[]
  readonly defaults?: Settings
  readonly [name: string]: unknown
}

class NodeRedisLike {
  readonly slots: readonly unknown[] = []
  readonly masters: readonly unknown[] = []
  readonly #options: ClusterOptions
  readonly self: NodeRedisLike = this

  constructor(options: ClusterOptions) {
    this.#options = options
  }

  duplicate(overrides: object): NodeRedisLike {
    const { constructor } = Object.getPrototypeOf(this) as { constructor: typeof NodeRedisLike }
    return new constructor({ ...this.self.#options, ...overrides })
  }

  nodeClient(node: { host: string; port: number; client: unknown }): Promise<void> {
    const { defaults } = this.self.#options
    const socket = { ...defaults?.socket, host: node.host, port: node.port }
    const client = new Single({ ...defaults, socket })
    node.client = client
    return client.connect()
  }
}

/** As the library's factory makes it. */
function nodeRedisLike(options: ClusterOptions): object {
  return Object.create(new NodeRedisLike(options)) as object
}

/** The settings that a connection to this server would be opened with. */
async function settingsFor(client: RedisClient, node: NodeAddress): Promise<Settings> {
  Single.connected.length = 0
  const request: LinkRequest = { node, purpose: "data", connectTimeoutMs: 1000, onClose: () => {} }
  await client.connect(request).catch(() => {})
  expect(Single.connected.length).toBe(1)
  return Single.connected[0]!
}

test("an ioredis Cluster gives its startup nodes, however they are written, and its options for all nodes", async () => {
  const startupNodes = [{ host: "a", port: 1, password: "of a" }, "rediss://u:p%40@b:2", "[::1]:3", 4, { host: "c" }]
  const client = detectClient(ioredisLike(startupNodes, { redisOptions: { password: "of all" } }))
  expect(client).toMatchObject({ driver: "ioredis", topology: "cluster" })
  expect(client.seeds).toEqual([
    { host: "a", port: 1 },
    { host: "b", port: 2 },
    { host: "::1", port: 3 },
    { host: "127.0.0.1", port: 4 },
    { host: "c", port: 6379 },
  ])
  expect(await settingsFor(client, { host: "a", port: 1 })).toMatchObject({ host: "a", port: 1, password: "of a" })
  expect(await settingsFor(client, { host: "b", port: 2 })).toMatchObject({ username: "u", password: "p@", tls: {} })
  expect(await settingsFor(client, { host: "z", port: 9 })).toMatchObject({ host: "z", port: 9, password: "of all" })
})

test("a node-redis cluster gives its root nodes over its defaults, and the defaults for all other nodes", async () => {
  const defaults = { password: "of all", credentialsProvider: "of all", socket: { tls: true } }
  const rootNodes = [{ socket: { host: "a", port: 1 } }, { socket: { host: "b" }, password: "of b" }]
  const client = detectClient(nodeRedisLike({ rootNodes, defaults }))
  expect(client).toMatchObject({ driver: "node-redis", topology: "cluster" })
  expect(client.seeds).toEqual([
    { host: "a", port: 1 },
    { host: "b", port: 6379 },
  ])
  expect(await settingsFor(client, { host: "a", port: 1 })).toMatchObject({
    password: "of all",
    credentialsProvider: "of all",
    socket: { host: "a", port: 1, tls: true },
  })
  expect(await settingsFor(client, { host: "b", port: 6379 })).toMatchObject({ password: "of b" })
  expect(await settingsFor(client, { host: "z", port: 9 })).toMatchObject({
    password: "of all",
    socket: { host: "z", port: 9, tls: true },
  })
})

test("no node client of the user's cluster is connected when its settings are taken", () => {
  Single.connected.length = 0
  detectClient(nodeRedisLike({ rootNodes: [{ socket: { host: "a" } }] }))
  detectClient(ioredisLike(["a:1"]))
  expect(Single.connected).toEqual([])
})

test("addresses that the cluster names are translated; the configured ones are not", async () => {
  const map = { "10.0.0.1:7000": { host: "outside", port: 17_000 }, "a:1": { host: "wrong", port: 1 } }
  const clients = [
    detectClient(ioredisLike(["a:1"], { natMap: map })),
    detectClient(nodeRedisLike({ rootNodes: [{ socket: { host: "a", port: 1 } }], nodeAddressMap: map })),
  ]
  for (const client of clients) {
    const inside = await settingsFor(client, { host: "10.0.0.1", port: 7000 })
    expect(inside.socket ?? inside).toMatchObject({ host: "outside", port: 17_000 })
    const unknown = await settingsFor(client, { host: "10.0.0.2", port: 7000 })
    expect(unknown.socket ?? unknown).toMatchObject({ host: "10.0.0.2", port: 7000 })
    const seed = await settingsFor(client, { host: "a", port: 1 })
    expect(seed.socket ?? seed).toMatchObject({ host: "a", port: 1 })
  }
  expect(addressMapper((address) => ({ host: address, port: 1 }))("b:2")).toEqual({ host: "b:2", port: 1 })
  for (const nothing of [undefined, null, {}, () => null]) expect(addressMapper(nothing)("b:2")).toBeUndefined()
})

test("startup nodes are looked up with the `dnsLookup` of an ioredis Cluster", async () => {
  const lookUp = (host: string, done: (error: Error | null, address: string) => void): void =>
    done(null, `ip of ${host}`)
  const client = detectClient(ioredisLike(["a:1", "10.0.0.1:2"], { dnsLookup: lookUp }))
  expect(await settingsFor(client, { host: "a", port: 1 })).toMatchObject({ host: "ip of a", port: 1 })
  expect(await settingsFor(client, { host: "10.0.0.1", port: 2 })).toMatchObject({ host: "10.0.0.1", port: 2 })
})

const root = { rootNodes: [{ socket: { host: "a" } }] }
const hidden = { slots: [], duplicate: () => hidden }

test.each([
  ["ioredis Cluster with keyPrefix", ioredisLike(["a:1"], { keyPrefix: "app:" }), "keyPrefix"],
  [
    "ioredis Cluster with keyPrefix for all nodes",
    ioredisLike(["a:1"], { redisOptions: { keyPrefix: "p" } }),
    "keyPrefix",
  ],
  ["ioredis Cluster with SRV records", ioredisLike(["a:1"], { useSRVRecords: true }), "SRV records"],
  ["node-redis cluster with keyPrefix", nodeRedisLike({ ...root, keyPrefix: "app:" }), "keyPrefix"],
  ["node-redis cluster of another make", { ...hidden, masters: [], nodeClient: () => {} }, "cannot be read"],
  ["ioredis Cluster of another make", { ...hidden, startupNodes: [], options: {}, callBuffer: () => {} }, "hides"],
])("%s is refused, and the error says what to do", (_name, client, says) => {
  expect(() => detectClient(client)).toThrow(says)
  expect(() => detectClient(client)).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
})

test.each([ioredisLike(["a:1"]), nodeRedisLike(root)])("the sockets of a cluster client cannot be shared", (client) => {
  expect(() => detectClient(client, "shared")).toThrow("shared")
  expect(() => detectClient(client, "shared")).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
})
