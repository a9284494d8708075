import { expect, test } from "vitest"
import { ModelCluster } from "./model-cluster.ts"
import { ModelNode, type ExecutedCommand } from "./model-node.ts"
import { ModelError, type ModelReply } from "./model-reply.ts"

function makeServer(cluster?: ModelCluster) {
  const clock = { ms: 1_000_000 }
  let ids = 0
  const newId = (): string => String(++ids).padStart(40, "0")
  const options = { node: { host: "redis", port: 6379 }, nowMs: () => clock.ms, newId }
  const node = new ModelNode(cluster === undefined ? options : { ...options, cluster })
  const heard: string[] = []
  const connect = () =>
    node.connect({
      push: (channel, message) => heard.push(`${channel} ${message}`),
      closed: () => heard.push("closed"),
    })
  const session = connect()
  const say = (...args: readonly string[]): ModelReply => node.execute(session, args)
  return { node, clock, heard, connect, say }
}

function wordOf(reply: ModelReply): string {
  return reply instanceof ModelError ? (reply.text.split(" ", 1)[0] ?? "") : JSON.stringify(reply)
}

test("a restart closes sessions, forgets data, scripts and subscriptions, and is another run", () => {
  const { node, heard, connect, say } = makeServer()
  const { runId, replId } = node
  say("SET", "k", "v")
  say("EVAL", "return 1", "0")
  say("SUBSCRIBE", "c")
  node.restart()
  expect(heard).toEqual(["closed"])
  expect(() => say("GET", "k")).toThrow("closed")
  expect([node.runId, node.replId]).not.toEqual([runId, replId])
  const next = connect()
  expect(node.execute(next, ["GET", "k"])).toBeNull()
  expect(wordOf(node.execute(next, ["EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"]))).toBe("NOSCRIPT")
  expect(node.execute(next, ["PUBLISH", "c", "m"])).toBe(0)
})

test("a snapshot is what was there when it was taken, and its keys end when they would have", () => {
  const { node, clock, connect, say } = makeServer()
  say("SET", "k", "old", "PX", "100")
  const snapshot = node.snapshot()
  say("SET", "k", "new")
  say("SET", "other", "x")
  clock.ms += 60
  node.restart(snapshot)
  const next = connect()
  expect(node.execute(next, ["MGET", "k", "other"])).toEqual(["old", null])
  expect(node.execute(next, ["PTTL", "k"])).toBe(40)
  clock.ms += 41
  expect([...node.keys()]).toEqual([])
})

test("keys are evicted one by one, or all at once", () => {
  const { node, say } = makeServer()
  say("MSET", "a", "1", "b", "2")
  expect(node.evict("a")).toBe(true)
  expect(node.evict("a")).toBe(false)
  expect([...node.keys()]).toEqual(["b"])
  node.flushAll()
  expect([...node.keys()]).toEqual([])
})

// Flags from COMMAND INFO of 7.0. OOM, READONLY and MASTERDOWN are compared with a real server.
test.each([
  ["LOADING", { GET: "LOADING", PING: "LOADING", EVAL: "LOADING", INFO: "", TIME: "", PUBLISH: "", SUBSCRIBE: "" }],
  ["BUSY", { GET: "BUSY", PING: "BUSY", EVAL: "BUSY", INFO: "BUSY", TIME: "BUSY", PUBLISH: "BUSY", SUBSCRIBE: "BUSY" }],
  ["NOAUTH", { GET: "NOAUTH", PING: "NOAUTH", EVAL: "NOAUTH", INFO: "NOAUTH", TIME: "NOAUTH", PUBLISH: "NOAUTH" }],
  ["CLUSTERDOWN", { GET: "CLUSTERDOWN", PING: "", EVAL: "CLUSTERDOWN", INFO: "", TIME: "", PUBLISH: "" }],
])("%s refuses what it refuses on a server", (refusal, expected) => {
  const operands: Readonly<Record<string, readonly string[]>> = {
    GET: ["k"],
    EVAL: ["return 1", "1", "k"],
    PUBLISH: ["c", "m"],
    SUBSCRIBE: ["c"],
  }
  for (const [name, word] of Object.entries(expected)) {
    const { node, say } = makeServer()
    node.refusal = refusal
    const reply = say(name, ...(operands[name] ?? []))
    expect(reply instanceof ModelError ? wordOf(reply) : "", name).toBe(word)
  }
})

test("who watches hears of every command with its reply, and of the script that ran", () => {
  const { node, say } = makeServer()
  const seen: ExecutedCommand[] = []
  node.onCommand = (info) => seen.push(info)
  say("set", "k", "v")
  say("EVAL", "return redis.call('GET', KEYS[1])", "1", "k")
  say("NOSUCH")
  expect(seen.map(({ name, reply }) => [name, wordOf(reply)])).toEqual([
    ["SET", '"OK"'],
    ["EVAL", '"v"'],
    ["NOSUCH", "ERR"],
  ])
  expect(seen.map(({ script }) => script?.length)).toEqual([undefined, 40, undefined])
})

test("what the server knows and the model does not is no reply, but a failure of the test", () => {
  const { say } = makeServer()
  expect(() => say("HSET", "h", "f", "v")).toThrow("does not know HSET")
  expect(() => say("SCRIPT", "KILL")).toThrow("does not know")
})

test("a key that moves takes the rest of its life to a server with another clock", () => {
  const cluster = new ModelCluster()
  const [from, to] = [makeServer(cluster), makeServer(cluster)]
  cluster.shareSlots()
  // Slot 15363 would belong to the second.
  cluster.assign(from.node, 0, 16_383)
  to.clock.ms += 5000
  from.say("SET", "{e}:k", "v", "PX", "300")
  const move = cluster.beginMove(15_363, to.node)
  expect(move.keys()).toEqual(["{e}:k"])
  move.finish()
  expect(wordOf(from.say("GET", "{e}:k"))).toBe("MOVED")
  expect(to.say("PTTL", "{e}:k")).toBe(300)
})
