import {
  canMakeCertificates,
  makeAuthority,
  startCluster,
  startRedis,
  startSentinels,
  until,
  type Authority,
  type RedisProcess,
  type ServerTls,
} from "@holdfast/servers"
import { GlideClient } from "@valkey/valkey-glide"
import { createHoldfast, type Holdfast } from "holdfast"
import { valkeyGlide } from "holdfast/valkey-glide"
import { openRedisConnection } from "holdfast/testing"
import { Cluster, Redis as Ioredis6 } from "ioredis"
import { Cluster as Cluster5, Redis as Ioredis5 } from "ioredis5"
import { createClient as createRedis6, createCluster, createSentinel } from "redis"
import { createClient as createRedis5, createCluster as createCluster5 } from "redis5"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

/** Where a server listens with TLS, and whose signatures the client trusts. */
interface Secure {
  readonly port: number
  readonly ca: Buffer
}

const host = "127.0.0.1"
/** On a busy machine a handshake takes longer than the first command waits for it. */
const patience = { timeoutMs: 10_000, everyMs: 20 } as const
const clients: readonly (readonly [string, (at: Secure) => unknown])[] = [
  ["redis 6", ({ port, ca }) => createRedis6({ socket: { host, port, tls: true, ca } })],
  ["redis 5", ({ port, ca }) => createRedis5({ socket: { host, port, tls: true, ca } })],
  ["ioredis 6", ({ port, ca }) => new Ioredis6({ host, port, tls: { ca }, lazyConnect: true })],
  ["ioredis 5", ({ port, ca }) => new Ioredis5({ host, port, tls: { ca }, lazyConnect: true })],
  ["GLIDE 2.5", ({ port, ca }) => valkeyGlide(GlideClient, glideConfiguration(port, ca))],
]

function glideConfiguration(port: number, ca: Buffer) {
  const tlsAdvancedConfiguration = { rootCertificates: ca }
  return { addresses: [{ host, port }], useTLS: true, advancedConfiguration: { tlsAdvancedConfiguration } }
}

describe.runIf(canMakeCertificates())("a server with TLS", () => {
  let [authority, other]: Authority[] = []
  let redis: RedisProcess
  const ours = (): Secure => ({ port: redis.tlsPort ?? 0, ca: authority?.certificate ?? Buffer.of() })
  beforeAll(async () => {
    authority = makeAuthority("ours")
    other = makeAuthority("another")
    redis = await startRedis({ tls: authority.issue() })
  })
  afterAll(async () => {
    await redis.stop()
    authority?.[Symbol.dispose]()
    other?.[Symbol.dispose]()
  })

  /** What the server presents to new connections from now on. */
  async function present({ cert, key, ca }: ServerTls): Promise<void> {
    await redis.command("CONFIG", "SET", "tls-cert-file", cert, "tls-key-file", key, "tls-ca-cert-file", ca)
  }

  /** Ends all connections, so that every client connects anew. */
  async function hangUp(): Promise<void> {
    for (const kind of ["normal", "pubsub"]) await redis.command("CLIENT", "KILL", "TYPE", kind)
  }

  test.each(clients)("%s: reads, writes and wake-ups go through it", async (_name, create) => {
    await using holdfast = createHoldfast({ redis: create(ours()), namespace: "tls" })
    expect(await until(() => isUsed(holdfast), patience)).toBe(true)
    const subscribed = async (): Promise<boolean> =>
      !(await holdfast.health()).nodes.some(({ findings }) => findings.some(({ id }) => id === "subscriber-down"))
    expect(await until(subscribed, { timeoutMs: 5000, everyMs: 10 })).toBe(true)
  })

  test.each(clients)(
    "%s: a certificate that is not trusted, or expired, is named as the reason",
    async (_name, create) => {
      const stranger = { ...ours(), ca: other?.certificate ?? Buffer.of() }
      expect(await reasonOf(create(stranger), /certificate/)).toMatch(/authority .*is not trusted \([A-Z_]+\)/)
      await present(authority!.issue({ expired: true }))
      expect(await reasonOf(create(ours()), /certificate/)).toMatch(/certificate has expired \(CERT_HAS_EXPIRED\)/)
      await present(authority!.issue())
    },
  )

  test.each(clients)(
    "%s: a new certificate is taken at the next connection; one that fails costs the cache only",
    async (_name, create) => {
      const both = Buffer.concat([ours().ca, other?.certificate ?? Buffer.of()])
      await using holdfast = createHoldfast({ redis: create({ ...ours(), ca: both }), namespace: "tls" })
      expect(await until(() => isUsed(holdfast), patience)).toBe(true)
      await present(other!.issue())
      await hangUp()
      expect(await until(() => isUsed(holdfast), patience)).toBe(true)
      await present(other!.issue({ expired: true }))
      await hangUp()
      const told = async (): Promise<boolean> =>
        (await holdfast.health()).reasons.some((each) => each.includes("expired"))
      expect(await until(told, { timeoutMs: 10_000, everyMs: 20 })).toBe(true)
      await present(authority!.issue())
      expect(await until(() => isUsed(holdfast), patience)).toBe(true)
    },
  )
})

test.runIf(canMakeCertificates())("a cluster with TLS is found and used with the client's certificates", async () => {
  using authority = makeAuthority("ours")
  await using cluster = await startCluster({ tls: authority.issue() })
  const ca = authority.certificate
  const port = cluster.nodes[0]?.tlsPort ?? 0
  const nodeRedis = { rootNodes: [{ socket: { host, port } }], defaults: { socket: { tls: true, ca } as const } }
  const ioredis = { redisOptions: { tls: { ca } }, lazyConnect: true }
  const redis = [
    createCluster(nodeRedis),
    createCluster5(nodeRedis),
    new Cluster([{ host, port }], ioredis),
    new Cluster5([{ host, port }], ioredis),
    valkeyGlide(GlideClient, glideConfiguration(port, ca), { topology: "cluster" }),
  ]
  for (const [at, client] of redis.entries()) {
    const connection = openRedisConnection(client)
    for (const slot of [0, 8000, 16_383])
      expect(String(await connection.command(slot, ["PING"], { timeoutMs: 5000 }))).toBe("PONG")
    const ports = connection.nodes().map(({ node }) => node.port)
    expect(new Set(ports)).toEqual(new Set(cluster.nodes.map(({ tlsPort }) => tlsPort)))
    await connection.close({ timeoutMs: 100 })
    await using holdfast = createHoldfast({ redis: client, namespace: `tls${at}`, commandTimeout: "5s" })
    await expectChangesSeen(holdfast)
  }
})

test.runIf(canMakeCertificates())("a primary is found through sentinels with TLS, and used with TLS", async () => {
  using authority = makeAuthority("ours")
  await using group = await startSentinels({ tls: authority.issue(), sentinels: 1, replicas: 1 })
  const tls = { ca: authority.certificate }
  const socket = { tls: true, ...tls } as const
  const sentinels = group.sentinels.map(({ tlsPort = 0 }) => ({ host, port: tlsPort }))
  // Sentinels name the port without TLS by which they and the replicas talk.
  const map = Object.fromEntries(
    group.servers.map(({ port, tlsPort = 0 }) => [`${host}:${port}`, { host, port: tlsPort }]),
  )
  const { name } = group
  const options = { nodeClientOptions: { socket }, sentinelClientOptions: { socket }, nodeAddressMap: map }
  const secured = { tls, sentinelTLS: tls, enableTLSForSentinelMode: true, natMap: map, lazyConnect: true }
  const redis = [
    createSentinel({ name, sentinelRootNodes: sentinels, ...options }),
    new Ioredis6({ name, sentinels, ...secured }),
    new Ioredis5({ name, sentinels, ...secured }),
  ]
  const primary = await group.primary()
  for (const [at, client] of redis.entries()) {
    await using holdfast = createHoldfast({ redis: client, namespace: `tls${at}`, commandTimeout: "5s" })
    await expectChangesSeen(holdfast)
    for (const server of [primary, ...group.sentinels])
      expect(String(await server.command("CLIENT", "LIST"))).toContain(`laddr=${host}:${server.tlsPort} `)
  }
})

/** Reads, writes and invalidates keys of all servers. */
async function expectChangesSeen(holdfast: Holdfast): Promise<void> {
  expect(await until(() => isUsed(holdfast), { ...patience, timeoutMs: 30_000 })).toBe(true)
  const rows = new Map(Array.from("abcdefghijkl", (id) => [id, 1]))
  const ids = [...rows.keys()]
  const load = async (id: string): Promise<number | undefined> => rows.get(id)
  const cache = holdfast.cache({ name: "row", ttl: "1m", local: false, load })
  const change = (id: string, row: number): number => (rows.set(id, row), row)
  expect(await cache.getMany(ids)).toEqual(ids.map(() => 1))
  await Promise.all(ids.map((id) => cache.write(id, () => change(id, 2))))
  expect(await Promise.all(ids.map((id) => cache.peek(id)))).toEqual(ids.map(() => 2))
  for (const id of ids) {
    change(id, 3)
    expect(await cache.invalidate(id)).toEqual({ delivered: true })
  }
  expect(await cache.getMany(ids)).toEqual(ids.map(() => 3))
}

let keys = 0

/** Whether what one read loads, the next gets from the store. */
async function isUsed(holdfast: Holdfast): Promise<boolean> {
  keys += 1
  const cache = holdfast.cache({ name: `item${keys}`, ttl: "1m", local: false, load: async (id: string) => id })
  await cache.get("a")
  await cache.get("a")
  return cache.stats().hits === 1
}

/** What health says once it says this. */
async function reasonOf(redis: unknown, says: RegExp): Promise<string> {
  await using holdfast = createHoldfast({ redis, namespace: "tls" })
  const cache = holdfast.cache({ name: "item", ttl: "1m", load: async (id: string) => id })
  expect(await cache.get("a")).toBe("a")
  const told = async (): Promise<string | undefined> => {
    const reasons = (await holdfast.health()).reasons.join("; ")
    return says.test(reasons) ? reasons : undefined
  }
  return (await until(told, { timeoutMs: 8000, everyMs: 20 })) ?? (await holdfast.health()).reasons.join("; ")
}
