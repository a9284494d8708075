import { EventEmitter } from "node:events"
import { expect, test } from "vitest"
import type { LinkRequest, NodeAddress, RedisClient } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { detectClient } from "./detect-client.ts"

type Settings = Readonly<Record<string, unknown>>

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
  callBuffer(): void {}
  disconnect(): void {}
  destroy(): void {}
}

interface SentinelOptions {
  readonly name: string
  readonly sentinelRootNodes: readonly NodeAddress[]
  readonly nodeClientOptions?: Settings
  readonly [name: string]: unknown
}

/** What connects copies of a Sentinel, one answer for each copy; the options that each was given. */
let reachable: boolean[] = []
let probes: SentinelOptions[] = []

class SentinelLike extends EventEmitter {
  readonly #options: SentinelOptions
  readonly self: SentinelLike = this
  constructor(options: SentinelOptions) {
    super()
    this.#options = options
  }
  duplicate(overrides: object): SentinelLike {
    const { constructor } = Object.getPrototypeOf(this) as { constructor: typeof SentinelLike }
    return new constructor({ ...this.self.#options, ...overrides })
  }
  async connect(): Promise<void> {
    probes.push(this.#options)
    if (reachable.shift() === false) throw new Error("None of the sentinels are available")
  }
  async destroy(): Promise<void> {}
  _execute(_isReadonly: boolean, run: (client: unknown) => Promise<void>): Promise<void> {
    return run(new Single({ ...this.#options.nodeClientOptions, himport: "library's own" }))
  }
  getMasterNode(): void {}
  getSentinelNode(): void {}
}

function nodeRedisLike(options: Partial<SentinelOptions> = {}): object {
  const sentinelRootNodes = [
    { host: "s1", port: 1 },
    { host: "s2", port: 2 },
  ]
  return Object.create(new SentinelLike({ name: "shop", sentinelRootNodes, ...options })) as object
}

function ioredisLike(options: object = {}): Single {
  return new Single({ sentinels: [{ host: "s1", port: 1 }, { host: "s2" }], name: "shop", ...options })
}

/** The settings that a connection to this place would be opened with. */
async function settingsFor(client: RedisClient, node: NodeAddress): Promise<Settings> {
  Single.connected.length = 0
  const request: LinkRequest = { node, purpose: "data", connectTimeoutMs: 1000, onClose: () => {} }
  await client.connect(request).catch(() => {})
  expect(Single.connected.length).toBe(1)
  return Single.connected[0]!
}

const primary = { host: "10.0.0.9", port: 6379 }

test("an ioredis client with sentinels tells where they are, and what they call the primary", async () => {
  const user = ioredisLike({ username: "u", password: "p", db: 3, sentinelPassword: "of s", tls: { ca: "x" } })
  const client = detectClient(user)
  expect(client).toMatchObject({ driver: "ioredis", topology: "sentinel", primaryName: "shop" })
  expect(client.seeds).toEqual([
    { host: "s1", port: 1 },
    { host: "s2", port: 26_379 },
  ])
  expect(await settingsFor(client, { host: "s1", port: 1 })).toMatchObject({
    host: "s1",
    port: 1,
    username: null,
    password: "of s",
    db: 0,
    tls: undefined,
    sentinels: null,
  })
  const node = { username: "u", password: "p", db: 3, tls: undefined, sentinels: null, role: "master" }
  expect(await settingsFor(client, primary)).toMatchObject({ ...primary, ...node })
})

test("ioredis uses TLS for sentinels and for servers where it is told to", async () => {
  const secure = detectClient(
    ioredisLike({ tls: { ca: "x" }, sentinelTLS: { ca: "y" }, enableTLSForSentinelMode: true }),
  )
  expect(await settingsFor(secure, { host: "s1", port: 1 })).toMatchObject({ tls: { ca: "y" } })
  expect(await settingsFor(secure, primary)).toMatchObject({ tls: { ca: "x" } })
})

test("a node-redis Sentinel gives one client for all connections, with what is set for servers or for sentinels", async () => {
  probes = []
  const nodeClientOptions = { username: "u", password: "p", database: 3, socket: { tls: true, ca: "x" } }
  const sentinelClientOptions = { password: "of s", socket: { tls: false } }
  const client = detectClient(nodeRedisLike({ nodeClientOptions, sentinelClientOptions, replicaPoolSize: 4 }))
  expect(client).toMatchObject({ driver: "node-redis", topology: "sentinel", primaryName: "shop" })
  expect(probes).toEqual([])
  const toSentinel = await settingsFor(client, { host: "s2", port: 2 })
  expect(toSentinel).toMatchObject({
    username: undefined,
    password: "of s",
    database: undefined,
    socket: { host: "s2", port: 2, tls: false },
  })
  expect(toSentinel["socket"]).not.toHaveProperty("ca")
  expect(await settingsFor(client, primary)).toMatchObject({
    username: "u",
    password: "p",
    database: 3,
    readonly: false,
    socket: { ...primary, tls: true, ca: "x", socketTimeout: undefined },
  })
  expect(probes).toMatchObject([{ replicaPoolSize: 0, maxCommandRediscovers: 0, masterPoolSize: 1 }])
})

test("a node-redis Sentinel that reaches nobody is tried again at the next connection", async () => {
  probes = []
  reachable = [false, true]
  const client = detectClient(nodeRedisLike())
  const connect = (): Promise<unknown> =>
    client.connect({ node: primary, purpose: "data", connectTimeoutMs: 1000, onClose: () => {} })
  const together = await Promise.allSettled([connect(), connect()])
  expect(together.map((each) => each.status === "rejected" && each.reason instanceof HoldfastError)).toEqual([
    true,
    true,
  ])
  expect(probes.length).toBe(1)
  await settingsFor(client, primary)
  await settingsFor(client, primary)
  expect(probes.length).toBe(2)
})

test("addresses that sentinels name are translated", async () => {
  const map = { "10.0.0.9:6379": { host: "outside", port: 16_379 } }
  for (const client of [ioredisLike({ natMap: map }), nodeRedisLike({ nodeAddressMap: map })].map((each) =>
    detectClient(each),
  )) {
    const settings = await settingsFor(client, primary)
    expect(settings["socket"] ?? settings).toMatchObject({ host: "outside", port: 16_379 })
  }
})

test.each([
  ["ioredis with keyPrefix", ioredisLike({ keyPrefix: "app:" }), "keyPrefix"],
  ["node-redis Sentinel with keyPrefix", nodeRedisLike({ keyPrefix: "app:" }), "keyPrefix"],
  ["node-redis 5 Sentinel", { getMasterNode: 1, getSentinelNode: 1, sendCommand: 1 }, "install `redis` 6"],
  [
    "node-redis Sentinel of another make",
    { getMasterNode: 1, getSentinelNode: 1, duplicate: () => {}, _execute: 1 },
    "cannot be read",
  ],
])("%s is refused, and the error says what to do", (_name, client, says) => {
  expect(() => detectClient(client)).toThrow(says)
  expect(() => detectClient(client)).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
})

test("the sockets of a node-redis Sentinel cannot be shared; those of ioredis can, and it finds the primary itself", () => {
  expect(() => detectClient(nodeRedisLike(), "shared")).toThrow("sends commands again")
  const shared = detectClient(ioredisLike(), "shared")
  expect(shared).toMatchObject({ topology: "sentinel" })
  expect(shared).not.toHaveProperty("primaryName")
})
