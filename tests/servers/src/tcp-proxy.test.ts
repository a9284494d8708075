import { once } from "node:events"
import { createServer } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { EchoServer } from "./fixtures/echo-server.ts"
import { TestClient } from "./fixtures/test-client.ts"
import { freePort } from "./free-port.ts"
import { startRedis } from "./redis-process.ts"
import { encodeCommand } from "./resp.ts"
import { startProxy } from "./tcp-proxy.ts"
import type { TcpProxy } from "./tcp-proxy.ts"
import { until } from "./until.ts"

let echo: EchoServer
let proxy: TcpProxy
beforeEach(async () => {
  echo = new EchoServer()
  proxy = await startProxy(await echo.start())
})
afterEach(async () => {
  await proxy.stop()
  echo.stop()
})

test("pass: bytes and the end of the stream go both ways", async () => {
  const client = new TestClient(proxy.port)
  client.socket.end("hello")
  expect(await client.has("hello")).toBe("hello")
  expect(await client.isClosed()).toBe(true)
  expect(client.error).toBeUndefined()
  expect(await until(() => proxy.open === 0, { timeoutMs: 1000 })).toBe(true)
  expect(proxy.accepted).toBe(1)
})

test("hold: nothing passes, and afterwards all of it does, in order, on the same socket", async () => {
  const client = new TestClient(proxy.port)
  client.socket.write("a")
  expect(await client.has("a")).toBe("a")
  await proxy.set({ is: "hold" })
  client.socket.write("b")
  expect(await client.hasOnly("a")).toBe(true)
  client.socket.write("c")
  expect(echo.arrived).toBe("a")
  await proxy.set({ is: "pass" })
  client.socket.write("d")
  expect(await client.has("abcd")).toBe("abcd")
})

test("hold replies: the server has done it and the client does not know", async () => {
  const client = new TestClient(proxy.port)
  await proxy.set({ is: "hold", direction: "replies" })
  client.socket.write("a")
  expect(await client.hasOnly("")).toBe(true)
  expect(echo.arrived).toBe("a")
  await proxy.set({ is: "pass" })
  expect(await client.has("a")).toBe("a")
})

test("hold requests: a reply under way still comes", async () => {
  await proxy.set({ is: "hold", direction: "requests" })
  const client = new TestClient(proxy.port)
  client.socket.write("a")
  expect(await client.hasOnly("")).toBe(true)
  expect(echo.arrived).toBe("")
  await proxy.set({ is: "pass" })
  expect(await client.has("a")).toBe("a")
})

test("silent: connects and never answers, and goes on afterwards on the same socket", async () => {
  const before = new TestClient(proxy.port)
  before.socket.write("a")
  expect(await before.has("a")).toBe("a")
  await proxy.set({ is: "silent" })
  const during = new TestClient(proxy.port)
  before.socket.write("b")
  during.socket.write("x")
  expect(await during.hasOnly("")).toBe(true)
  expect(await before.hasOnly("a")).toBe(true)
  expect(during.socket.connecting).toBe(false)
  expect(echo.accepted).toBe(1)
  expect(echo.arrived).toBe("a")
  await proxy.set({ is: "pass" })
  expect(await before.has("ab")).toBe("ab")
  expect(await during.has("x")).toBe("x")
})

test("refuse: new connections are refused, open ones pass, and later ones are welcome again", async () => {
  const before = new TestClient(proxy.port)
  before.socket.write("a")
  expect(await before.has("a")).toBe("a")
  await proxy.set({ is: "refuse" })
  const during = new TestClient(proxy.port)
  expect(await during.isClosed()).toBe(true)
  expect(during.error).toBe("ECONNREFUSED")
  before.socket.write("b")
  expect(await before.has("ab")).toBe("ab")
  await proxy.set({ is: "pass" })
  const after = new TestClient(proxy.port)
  after.socket.write("c")
  expect(await after.has("c")).toBe("c")
})

test("reset: open connections and new ones are reset", async () => {
  const before = new TestClient(proxy.port)
  before.socket.write("a")
  expect(await before.has("a")).toBe("a")
  await proxy.set({ is: "reset" })
  expect(await before.isClosed()).toBe(true)
  expect(before.error).toBe("ECONNRESET")
  const during = new TestClient(proxy.port)
  expect(await during.isClosed()).toBe(true)
  expect(during.received).toBe("")
})

test.for(["3", "3456"])(
  "cut: exactly 3 bytes of replies come, then the connection ends (12, then %s)",
  async (rest) => {
    const client = new TestClient(proxy.port)
    client.socket.write("before")
    expect(await client.has("before")).toBe("before")
    await proxy.set({ is: "cut", afterReplyBytes: 3 })
    client.socket.write("12")
    expect(await client.has("before12")).toBe("before12")
    client.socket.write(rest)
    expect(await client.isClosed()).toBe(true)
    expect(client.received).toBe("before123")
    expect(client.ended).toBe(true)
  },
)

test("cut after 0 bytes: the server has done it, and the client gets nothing but an end", async () => {
  await proxy.set({ is: "cut", afterReplyBytes: 0 })
  const client = new TestClient(proxy.port)
  client.socket.write("a")
  expect(await client.isClosed()).toBe(true)
  expect(echo.arrived).toBe("a")
  expect(client.received).toBe("")
})

test("delay: everything comes, in order, and none of it early", async () => {
  await proxy.set({ is: "delay", delayMs: 40, jitterMs: 20, direction: "replies" })
  const client = new TestClient(proxy.port)
  const startMs = performance.now()
  client.socket.write("a")
  await until(() => echo.arrived === "a", { timeoutMs: 1000, everyMs: 1 })
  client.socket.write("b")
  await until(() => echo.arrived === "ab", { timeoutMs: 1000, everyMs: 1 })
  client.socket.end("c")
  await once(client.socket, "data")
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(39)
  expect(await client.has("abc")).toBe("abc")
  expect(await client.isClosed()).toBe(true)
  expect(client.error).toBeUndefined()
})

test("delay: another mode releases what is late", async () => {
  await proxy.set({ is: "delay", delayMs: 60_000 })
  const client = new TestClient(proxy.port)
  client.socket.write("a")
  expect(await client.hasOnly("")).toBe(true)
  await proxy.set({ is: "pass" })
  expect(await client.has("a")).toBe("a")
})

test("slices: whoever reads gets one byte at a time, both ways", async () => {
  const requests: string[] = []
  const replies: string[] = []
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", (chunk) => {
      requests.push(chunk.toString())
      if (requests.length === 1) socket.write("0123456789")
    })
    socket.write("welcome")
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  await using slicer = await startProxy((server.address() as { port: number }).port)
  const client = new TestClient(slicer.port)
  expect(await client.has("welcome")).toBe("welcome")
  await slicer.set({ is: "slices" })
  client.socket.on("data", (chunk) => replies.push(chunk.toString()))
  client.socket.write("abcdefghij")
  expect(await client.has("welcome0123456789")).toBe("welcome0123456789")
  await until(() => requests.join("").length === 10, { timeoutMs: 1000 })
  expect(requests).toEqual("abcdefghij".split(""))
  expect(replies).toEqual("0123456789".split(""))
  server.close()
})

test("unanswered: the command is executed, and neither its reply nor one that comes after it gets through", async () => {
  await using redis = await startRedis()
  await using front = await startProxy(redis.port)
  const client = new TestClient(front.port)
  client.socket.write(encodeCommand(["SET", "k", "1"]))
  expect(await client.has("+OK\r\n")).toBe("+OK\r\n")
  await front.set({ is: "unanswered", request: ([name]) => name?.toString() === "INCR" })
  client.socket.write(encodeCommand(["GET", "k"]))
  expect(await client.has("+OK\r\n$1\r\n1\r\n")).toBe("+OK\r\n$1\r\n1\r\n")
  const incr = encodeCommand(["INCR", "k"])
  client.socket.write(incr.subarray(0, 9))
  await until(() => false, { timeoutMs: 20 })
  client.socket.write(Buffer.concat([incr.subarray(9), encodeCommand(["SET", "k", "never"])]))
  await front.set({ is: "unanswered", request: ([name]) => name?.toString() === "INCR" })
  expect(await client.isClosed()).toBe(true)
  expect(client.received).toBe("+OK\r\n$1\r\n1\r\n")
  expect(await redis.command("GET", "k")).toBe("2")
  expect(front.cuts).toBe(1)
})

test("unanswered: a mode that comes before the end does not let the reply out", async () => {
  await proxy.set({ is: "unanswered", request: () => true })
  const client = new TestClient(proxy.port)
  client.socket.write(encodeCommand(["PING"]))
  await until(() => echo.arrived !== "", { timeoutMs: 1000, everyMs: 1 })
  await proxy.set({ is: "pass" })
  expect(await client.isClosed()).toBe(true)
  expect(client.received).toBe("")
})

test("unanswered: what is not RESP matches nothing", async () => {
  await proxy.set({ is: "unanswered", request: () => true })
  const client = new TestClient(proxy.port)
  client.socket.write("PING\r\n")
  client.socket.write(encodeCommand(["PING"]))
  const all = `PING\r\n${encodeCommand(["PING"]).toString()}`
  expect(await client.has(all)).toBe(all)
})

test("megabytes pass whole through holds, silences and a slow reader", async () => {
  const client = new TestClient(proxy.port)
  const sent = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef\n").toString("latin1")
  client.socket.write(sent, "latin1")
  for (const mode of [
    { is: "hold" },
    { is: "silent" },
    { is: "hold", direction: "replies" },
    { is: "pass" },
  ] as const) {
    await proxy.set(mode)
    client.socket.pause()
    await until(() => false, { timeoutMs: 15 })
    client.socket.resume()
  }
  await until(() => client.received.length >= sent.length, { timeoutMs: 10_000 })
  expect(client.received.length).toBe(sent.length)
  expect(client.received === sent).toBe(true)
})

test("a target that is not there is a reset", async () => {
  await using lonely = await startProxy(await freePort())
  const client = new TestClient(lonely.port)
  expect(await client.isClosed()).toBe(true)
  expect(client.error).toBe("ECONNRESET")
})

test("a client whose server is killed sees its connection end", async () => {
  await using redis = await startRedis()
  await using front = await startProxy(redis.port)
  const client = new TestClient(front.port)
  client.socket.write("PING\r\n")
  expect(await client.has("+PONG\r\n")).toBe("+PONG\r\n")
  await redis.kill()
  expect(await client.isClosed()).toBe(true)
})

test("setOnly: connections that have subscribed are treated by themselves, those to come as well", async () => {
  await using redis = await startRedis()
  await using mixed = await startProxy(redis.port)
  const subscriber = new TestClient(mixed.port)
  const other = new TestClient(mixed.port)
  subscriber.socket.write(encodeCommand(["SUBSCRIBE", "c"]))
  const subscribed = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
  expect(await subscriber.has(subscribed)).toBe(subscribed)
  mixed.setOnly("subscribers", { is: "hold" })
  other.socket.write(encodeCommand(["PUBLISH", "c", "news"]))
  expect(await other.has(":1\r\n")).toBe(":1\r\n")
  const late = new TestClient(mixed.port)
  late.socket.write(encodeCommand(["SUBSCRIBE", "c"]))
  expect(await late.hasOnly("")).toBe(true)
  expect(subscriber.received).toBe(subscribed)
  mixed.setOnly("subscribers", { is: "pass" })
  const heard = `${subscribed}*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\nnews\r\n`
  expect(await subscriber.has(heard)).toBe(heard)
  expect(await late.has(subscribed)).toBe(subscribed)
})
