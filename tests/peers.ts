import { startCluster, startRedis, type RedisProcess } from "@holdfast/servers"
import type { LocalOptions } from "holdfast"
import { entryAddress } from "holdfast/testing"
import { afterAll, afterEach, beforeAll } from "vitest"
import { clientCells } from "./cells.ts"
import { startCacheWorker, type CacheWorker } from "./stage.ts"

/** Where processes meet: on one server, or on three primaries. */
export type Place = "standalone" | "cluster"

/** What the near cache of one process is bounded by, in milliseconds. */
export const maxStalenessMs = 200
const near = { maxStaleness: `${maxStalenessMs}ms` } as const

const everyClient = clientCells.map(({ name }) => name)

/** Each place with the clients that are tried there. */
export const places: readonly (readonly [Place, readonly string[]])[] =
  process.env["HOLDFAST_DEEP"] === undefined
    ? [
        ["standalone", ["redis 6"]],
        ["cluster", ["ioredis 6"]],
      ]
    : [
        ["standalone", everyClient],
        ["cluster", everyClient],
      ]

/** A process that shares a cache with another one. */
export interface Peer {
  readonly worker: CacheWorker
  readonly hasNear: boolean
}

/** The one that acts first, then the other. */
export type Pair = readonly [Peer, Peer]

/** Servers for the tests of one `describe`, processes that use them, and a source elsewhere, which survives what the servers lose. */
export interface Peers {
  readonly namespace: string
  readonly servers: readonly RedisProcess[]
  /** A name that no other test uses: of keys, or of tags. */
  name(): string
  /** A process with a near cache and one without, which use this client. They are started when there are none, and kept. */
  pair(client: string): Promise<Pair>
  /** The server of a key. */
  ownerOf(storeKey: string): Promise<RedisProcess>
  /** Where a row is in the store. */
  keysOf(key: string): ReturnType<typeof entryAddress>
  /** A name whose store key, made of it and the rest, lies on this server. */
  nameOn(server: RedisProcess, storeKey: (name: string) => string, rest?: string): Promise<string>
  /** Deletes keys, as an eviction would. */
  evict(...storeKeys: readonly string[]): Promise<void>
}

/** Call it once at the top of a `describe`. */
export function usePeers(place: Place): Peers {
  const namespace = "peers"
  const pairs = new Map<string, Promise<Pair>>()
  const started: { stop(): Promise<void> }[] = []
  let servers: readonly RedisProcess[]
  let source: RedisProcess
  let ownerOf: Peers["ownerOf"]
  let names = 0

  beforeAll(async () => {
    source = await startRedis()
    started.push(source)
    if (place === "standalone") {
      const redis = await startRedis()
      started.push(redis)
      servers = [redis]
      ownerOf = async () => redis
    } else {
      const cluster = await startCluster({ primaries: 3 })
      started.push(cluster)
      servers = cluster.nodes
      ownerOf = (key) => cluster.ownerOf(key)
    }
  })
  // What a test that has failed left held or failing must not hang those that follow.
  afterEach(async () => {
    for (const { worker } of (await Promise.all(pairs.values())).flat()) {
      await worker.call("open", "load", "loaded")
      await worker.call("failLoads", undefined)
    }
  })
  afterAll(async () => {
    const workers = (await Promise.all(pairs.values())).flat()
    await Promise.all(workers.map(({ worker }) => worker.stop()))
    for (const each of started.toReversed()) await each.stop()
  })

  const name = (): string => `n${++names}`
  const start = async (client: string, local: LocalOptions | false): Promise<Peer> => {
    const urls = servers.map(({ url }) => url)
    const where = { url: urls[0] ?? "", sourceUrl: source.url, ...(place === "cluster" && { cluster: urls }) }
    const worker = await startCacheWorker({ ...where, namespace, client, local, isTagged: true })
    return { worker, hasNear: local !== false }
  }
  return {
    namespace,
    get servers() {
      return servers
    },
    name,
    pair(client) {
      const pair = pairs.get(client) ?? Promise.all([start(client, near), start(client, false)])
      pairs.set(client, pair)
      return pair
    },
    ownerOf: (key) => ownerOf(key),
    keysOf: (key) => entryAddress(namespace, "row", key),
    async nameOn(server, storeKey, rest = "") {
      for (;;) {
        const found = name() + rest
        if ((await ownerOf(storeKey(found))) === server) return found
      }
    },
    async evict(...storeKeys) {
      for (const key of storeKeys) await (await ownerOf(key)).command("DEL", key)
    },
  }
}
