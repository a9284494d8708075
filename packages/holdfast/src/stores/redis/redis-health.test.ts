import { expect, test } from "vitest"
import type { RedisReply } from "../../contracts/redis-client.ts"
import type { NodeStatus, RedisConnection } from "../../contracts/redis-connection.ts"
import type { NodeHealth } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { redisHealth } from "./redis-health.ts"

type Answers = Readonly<Record<string, RedisReply | HoldfastError>>

const noperm = new HoldfastError("SERVER_REFUSED", "NOPERM.", { facts: { reply: "NOPERM" } })
const pong = Buffer.from("PONG")
const wellSet = { PING: pong, INFO: Buffer.from("# Memory\r\nmaxmemory:1048576\r\nmaxmemory_policy:allkeys-lfu\r\n") }

async function healthOf(answers: Answers, status: Partial<NodeStatus> = {}, pingMs = 1): Promise<NodeHealth> {
  const clock: VirtualClock = virtualClock()
  const node: NodeStatus = {
    node: { host: "cache.internal", port: 6379 },
    state: "ready",
    breaker: "closed",
    role: "primary",
    server: "Redis 8.6.3",
    features: ["SET IFEQ"],
    lacking: [],
    inFlight: 0,
    lastError: undefined,
    subscribed: true,
    isSubscribing: false,
    subscriberFailure: undefined,
    ...status,
  }
  const connection = {
    sharesSlots: true,
    nodes: () => [{ ...node, slot: 0 }],
    async command(_slot: number, args: readonly string[]): Promise<RedisReply> {
      if (args[0] === "PING") clock.stall(pingMs)
      const answer = answers[args.join(" ")] ?? answers[String(args[0])] ?? noperm
      if (answer instanceof HoldfastError) throw answer
      return answer
    },
  } as unknown as RedisConnection
  const [health] = await redisHealth(connection, clock)
  if (health === undefined) throw new Error("no node")
  return health
}

const ids = ({ findings }: NodeHealth): string[] => findings.map(({ severity, id }) => `${severity} ${id}`)

test("a well set server has no findings", async () => {
  const health = await healthOf(wellSet)
  expect(health).toEqual({
    node: "cache.internal:6379",
    ok: true,
    pingMs: 1,
    role: "primary",
    server: "Redis 8.6.3",
    features: ["SET IFEQ"],
    breaker: "closed",
    findings: [],
  })
})

test("what the user may not do is named", async () => {
  const health = await healthOf(wellSet, { lacking: ["+zadd", "key"] })
  expect(ids(health)).toEqual(["warning permission-missing"])
  expect(health.findings[0]?.reason).toContain("+zadd, key")
})

test("a server that refuses its keys is not well: nothing can be cached on it", async () => {
  const { ok, findings } = await healthOf(wellSet, { lacking: ["a key"] })
  expect([ok, findings[0]?.severity]).toEqual([false, "error"])
})

test("a server that does not answer is not well, and nothing is said about its memory", async () => {
  const health = await healthOf({ PING: new HoldfastError("COMMAND_TIMEOUT", "late.") })
  expect([health.ok, health.pingMs, ids(health)]).toEqual([false, undefined, ["error no-answer"]])
  expect(health.findings[0]?.reason).toContain("did not answer PING within 100 ms")
})

test("a server that cannot be used says why, and one that refuses PING is only warned about", async () => {
  const facts = { reason: "the user name or the password is wrong" }
  const away = await healthOf({ PING: new HoldfastError("STORE_UNAVAILABLE", "off.", { facts }) })
  expect(away.findings[0]?.reason).toContain("the user name or the password is wrong")
  const refusing = await healthOf({
    ...wellSet,
    PING: new HoldfastError("SERVER_REFUSED", "no.", { facts: { reply: "NOPERM" } }),
  })
  expect(ids(refusing)).toContain("warning ping-refused")
})

test("a server that is not asked, because its breaker is open, is not called silent", async () => {
  const off = { PING: new HoldfastError("STORE_UNAVAILABLE", "off.", { facts: { reason: "its breaker is open" } }) }
  const health = await healthOf(off, { breaker: "open" })
  expect(health.findings[0]?.reason).toContain("The server is not asked: its breaker is open after failures.")
  const lost = await healthOf(off, { breaker: "open", state: "connecting" })
  expect(lost.findings[0]?.reason).toContain("does not answer")
})

test("a node of a cluster is no place for a client of one server, unless it is the only one", async () => {
  const inCluster = { ...wellSet, "INFO cluster": Buffer.from("# Cluster\r\ncluster_enabled:1\r\n") }
  const sized = (nodes: number): Answers => ({
    ...inCluster,
    "CLUSTER INFO": Buffer.from(`cluster_state:ok\r\ncluster_size:${nodes}\r\n`),
  })
  expect(ids(await healthOf(sized(3)))).toEqual(["error cluster-node"])
  expect(ids(await healthOf(inCluster)), "it does not tell its size").toEqual(["error cluster-node"])
  expect(ids(await healthOf(sized(1)))).toEqual([])
})

test("a round trip of more than 100 ms is a warning", async () => {
  expect(ids(await healthOf(wellSet, {}, 101))).toEqual(["warning slow-answer"])
  expect(ids(await healthOf(wellSet, {}, 100))).toEqual([])
})

test("a replica, an open breaker and a lost subscriber are named", async () => {
  expect(ids(await healthOf(wellSet, { role: "replica" }))).toEqual(["error replica"])
  expect(ids(await healthOf(wellSet, { breaker: "open", lastError: "OOM" }))).toEqual(["error breaker"])
  expect(ids(await healthOf(wellSet, { breaker: "half-open" }))).toEqual(["warning breaker"])
  expect(ids(await healthOf(wellSet, { subscribed: false }))).toEqual(["warning subscriber-down"])
  expect(ids(await healthOf(wellSet, { subscribed: false, isSubscribing: true }))).toEqual(["notice subscriber-down"])
})

test("a subscriber that the server refuses is told with what the user lacks", async () => {
  const lacks = "the user lacks the permission +subscribe (NOPERM)"
  const { findings } = await healthOf(wellSet, { subscribed: false, subscriberFailure: lacks })
  expect(findings[0]?.reason).toContain(`The subscriber connection is down (${lacks}):`)
})

test("where INFO is refused CONFIG is asked, and where both are that is the finding", async () => {
  const config = {
    PING: pong,
    "CONFIG GET maxmemory": [Buffer.from("maxmemory"), Buffer.from("0")],
    "CONFIG GET maxmemory-policy": [Buffer.from("maxmemory-policy"), Buffer.from("volatile-random")],
  }
  expect(ids(await healthOf(config))).toEqual(["notice no-maxmemory", "warning eviction-policy"])
  expect(ids(await healthOf({ PING: pong }))).toEqual(["warning memory-unknown"])
})

test("a server as it comes, without a limit of its memory, deserves a notice and no warning", async () => {
  const info = Buffer.from("maxmemory:0\r\nmaxmemory_policy:noeviction\r\n")
  const health = await healthOf({ PING: pong, INFO: info })
  expect([health.ok, ids(health)]).toEqual([true, ["notice no-maxmemory"]])
})

test.each([
  ["noeviction", ["warning eviction-policy"]],
  ["allkeys-lru", []],
  ["volatile-ttl", []],
  ["volatile-lru", []],
])("policy %s gives %j", async (policy, expected) => {
  const info = Buffer.from(`maxmemory:1000\r\nmaxmemory_policy:${policy}\r\n`)
  expect(ids(await healthOf({ PING: pong, INFO: info }))).toEqual(expected)
})
