import { expect, test } from "vitest"
import { ModelNode } from "./model-node.ts"
import type { ModelReply } from "./model-reply.ts"

function makeServer() {
  let ids = 0
  let nowMs = 1_000_000
  const newId = (): string => String(++ids).padStart(40, "0")
  const node = new ModelNode({ node: { host: "redis", port: 6379 }, nowMs: () => nowMs, newId })
  const told: string[] = []
  const open = () =>
    node.connect({
      push: (channel, message) => told.push(`${channel} ${message}`),
      tracked: (keys) => told.push(keys === undefined ? "all" : keys.join(" ")),
      closed: () => {},
    })
  const session = open()
  const ask = (...args: readonly string[]): ModelReply => node.execute(session, args)
  const track = (prefix: string): void => {
    const subscriber = open()
    const id = `${node.execute(subscriber, ["CLIENT", "ID"]) as number}`
    node.execute(subscriber, ["CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", prefix])
    node.execute(subscriber, ["SUBSCRIBE", "__redis__:invalidate"])
    node.execute(subscriber, ["SUBSCRIBE", "news"])
  }
  return { node, told, ask, track, pass: (ms: number) => void (nowMs += ms) }
}

test("keys of a prefix that are written to or go are told, each once a turn, after what was published", () => {
  const { node, told, ask, track } = makeServer()
  track("a:")
  ask("SET", "a:1", "v", "PX", "10")
  ask("GET", "a:1")
  ask("MSET", "a:1", "v", "b:1", "v", "a:2", "v")
  ask(
    "EVAL",
    "redis.call('SET', KEYS[1], 'w') redis.call('PUBLISH', 'news', 'n') return redis.call('DEL', KEYS[1])",
    "1",
    "a:2",
  )
  node.evict("a:1")
  node.evict("b:1")
  expect(told).toEqual(["a:1", "a:1 a:2", "news n", "a:2", "a:1"])
})

test("what has come to its end is told when the server finds out, and a flush tells of all", () => {
  const { node, told, ask, track, pass } = makeServer()
  ask("SET", "a:1", "v", "PX", "10")
  track("a:")
  pass(11)
  expect(told).toEqual([])
  ask("EXISTS", "a:1")
  ask("FLUSHALL")
  node.flushAll()
  expect(told).toEqual(["a:1", "all", "all"])
})

test("another run tells nobody, nor does one that was told to stop", () => {
  const { node, told, track } = makeServer()
  track("a:")
  node.restart()
  const session = node.connect({ push: () => {}, closed: () => {} })
  node.execute(session, ["SET", "a:1", "v"])
  expect(told).toEqual([])
  expect(() => node.execute(session, ["CLIENT", "TRACKING", "ON"])).toThrow("does not know")
  expect(node.execute(session, ["CLIENT", "TRACKING", "OFF"])).toBe("OK")
})
