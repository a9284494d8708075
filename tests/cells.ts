import { createRequire } from "node:module"
import type * as Glide from "@valkey/valkey-glide"
import { valkeyGlide } from "holdfast/valkey-glide"
import type * as Ioredis6 from "ioredis"
import type * as Ioredis5 from "ioredis5"
import type * as Redis6 from "redis"
import type * as Redis5 from "redis5"

// Each is loaded when it is first needed: a process that a test starts needs one of them, and to load all takes most of its start.
const load = createRequire(import.meta.url)
const redis6 = () => load("redis") as typeof Redis6
const redis5 = () => load("redis5") as typeof Redis5
const ioredis6 = () => load("ioredis") as typeof Ioredis6
const ioredis5 = () => load("ioredis5") as typeof Ioredis5

function glide() {
  const { GlideClient, Logger } = load("@valkey/valkey-glide") as typeof Glide
  // It would write to standard output.
  Logger.setLoggerConfig("off")
  return GlideClient
}

/** The guide on GLIDE has the same as a table. */
const glideLacks = {
  order: "GLIDE sends what it gets in one turn in no fixed order",
  "tracked-keys": "GLIDE drops what the server tells of tracked keys",
  "tracking-refused": "the same",
}

/** A client library in one major version: what a test runs once for each of. */
export interface ClientCell {
  readonly name: string
  /** A client as a user makes it, not connected: Holdfast opens connections of its own. */
  create(url: string): unknown
  /** What it cannot do: cases of the client conformance suite by their id, each with the reason. */
  readonly lacks?: Readonly<Record<string, string>>
}

/** The clients that Holdfast promises to work with. */
export const clientCells: readonly ClientCell[] = [
  { name: "redis 6", create: (url) => redis6().createClient({ url }) },
  { name: "redis 5", create: (url) => redis5().createClient({ url }) },
  { name: "ioredis 6", create: (url) => new (ioredis6().Redis)(url, { lazyConnect: true }) },
  { name: "ioredis 5", create: (url) => new (ioredis5().Redis)(url, { lazyConnect: true }) },
  { name: "GLIDE 2.5", create: (url) => valkeyGlide(glide(), glideConfiguration([url])), lacks: glideLacks },
]

/** A client library for clusters in one major version. */
export interface ClusterCell {
  readonly name: string
  /** A client as a user makes it from the addresses of some servers, not connected. */
  create(urls: readonly string[]): unknown
  /** As in {@link ClientCell}. */
  readonly lacks?: Readonly<Record<string, string>>
}

/** The cluster clients that Holdfast promises to work with. */
export const clusterCells: readonly ClusterCell[] = [
  { name: "redis 6", create: (urls) => redis6().createCluster(nodeRedisOptions(urls)) },
  { name: "redis 5", create: (urls) => redis5().createCluster(nodeRedisOptions(urls)) },
  { name: "ioredis 6", create: (urls) => new (ioredis6().Cluster)([...urls], ioredisOptions(urls)) },
  { name: "ioredis 5", create: (urls) => new (ioredis5().Cluster)([...urls], ioredisOptions(urls)) },
  {
    name: "GLIDE 2.5",
    create: (urls) => valkeyGlide(glide(), glideConfiguration(urls), { topology: "cluster" }),
    lacks: glideLacks,
  },
]

/** The same as rows of `test.each`. */
export const clusterRows: readonly (readonly [string, ClusterCell])[] = clusterCells.map((cell) => [cell.name, cell])

export interface SentinelPlace {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string | undefined
}

/** Where a primary is found through sentinels. */
export interface SentinelPlaces {
  readonly name: string
  readonly sentinels: readonly SentinelPlace[]
  /** Of the servers. */
  readonly password?: string | undefined
}

/** A client library that finds a primary through sentinels, in one major version. node-redis 5 and GLIDE are none. */
export interface SentinelCell {
  readonly name: string
  /** A client as a user makes it, not connected, which would read from replicas if it were asked. */
  create(places: SentinelPlaces): unknown
}

export const sentinelCells: readonly SentinelCell[] = [
  { name: "redis 6", create: (places) => redis6().createSentinel(nodeRedisSentinelOptions(places)) },
  { name: "ioredis 6", create: (places) => new (ioredis6().Redis)(ioredisSentinelOptions(places)) },
  { name: "ioredis 5", create: (places) => new (ioredis5().Redis)(ioredisSentinelOptions(places)) },
]

/** The same as rows of `test.each`. */
export const sentinelRows: readonly (readonly [string, SentinelCell])[] = sentinelCells.map((cell) => [cell.name, cell])

function nodeRedisSentinelOptions({ name, sentinels, password }: SentinelPlaces) {
  const { username, password: secret } = sentinels[0] ?? {}
  return {
    name,
    sentinelRootNodes: sentinels.map(({ host, port }) => ({ host, port })),
    nodeClientOptions: password === undefined ? {} : { password },
    sentinelClientOptions: {
      ...(username !== undefined && { username }),
      ...(secret !== undefined && { password: secret }),
    },
    replicaPoolSize: 1,
  }
}

function ioredisSentinelOptions({ name, sentinels, password }: SentinelPlaces) {
  const { username, password: secret } = sentinels[0] ?? {}
  return {
    name,
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    ...(password !== undefined && { password }),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(secret !== undefined && { sentinelPassword: secret }),
    role: "slave" as const,
    lazyConnect: true,
  }
}

function nodeRedisOptions(urls: readonly string[]) {
  return { rootNodes: urls.map((url) => ({ url })), defaults: credentialsIn(urls) }
}

function ioredisOptions(urls: readonly string[]) {
  return { lazyConnect: true, redisOptions: credentialsIn(urls) }
}

function glideConfiguration(urls: readonly string[]) {
  const { username, password } = credentialsIn(urls)
  return {
    addresses: urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
    databaseId: Number(new URL(urls[0] ?? "").pathname.slice(1)),
    ...(password !== undefined && { credentials: { ...(username !== undefined && { username }), password } }),
  }
}

/** What a cluster client needs for the servers that are not in its configuration. */
function credentialsIn([url = ""]: readonly string[]): { readonly username?: string; readonly password?: string } {
  const { username, password } = new URL(url)
  return {
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
  }
}

/** The same as rows of `test.each`, so that a test is named after its client. */
export const clientRows: readonly (readonly [string, ClientCell])[] = clientCells.map((cell) => [cell.name, cell])

/** The cell of this name. Throws if there is none. */
export function clientCell(name: string): ClientCell {
  return named(clientCells, name)
}

/** The same of those for clusters. */
export function clusterCell(name: string): ClusterCell {
  return named(clusterCells, name)
}

function named<C extends { readonly name: string }>(cells: readonly C[], name: string): C {
  const cell = cells.find((each) => each.name === name)
  if (cell === undefined) throw new Error(`There is no client cell named "${name}".`)
  return cell
}
