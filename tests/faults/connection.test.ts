import { inspect } from "node:util"
import { startProxy, startRedis, until, type RedisProcess } from "@holdfast/servers"
import { openRedisConnection, type RedisConnectionSettings } from "holdfast/testing"
import { Redis } from "ioredis"
import { Redis as Redis5 } from "ioredis5"
import { createClient } from "redis"
import { createClient as createClient5 } from "redis5"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { clientRows, type ClientCell } from "../cells.ts"

type Connection = ReturnType<typeof openRedisConnection>

let redis: RedisProcess
let open: Connection[] = []
beforeAll(async () => {
  redis = await startRedis({ unixSocket: true })
})
afterAll(() => redis.stop())
beforeEach(() => redis.command("FLUSHALL"))
afterEach(async () => {
  redis.thaw()
  await Promise.all(open.map((connection) => connection.close({ timeoutMs: 100 })))
  open = []
})

function connect(cell: ClientCell, url: string = redis.url, settings?: RedisConnectionSettings): Connection {
  const connection = openRedisConnection(cell.create(url), settings)
  open.push(connection)
  return connection
}

async function ready(connection: Connection): Promise<void> {
  expect(await until(() => connection.generation(0) !== undefined, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
}

/** The reply as text, or the code of the error. */
const outcome = (connection: Connection, ...args: string[]): Promise<string> =>
  connection.command(0, args).then(String, (error: { code: string }) => error.code)

const settled = async (connection: Connection): Promise<string> => {
  let last = ""
  await until(async () => (last = await outcome(connection, "PING")) === "PONG", { timeoutMs: 15_000, everyMs: 10 })
  return last
}

const script = {
  name: "echo",
  sha1: "1b936e3fe509bcbc9cd0664897bbe8fd0cac101b",
  lua: "return ARGV[1]",
}

test.each(clientRows)(
  "%s: user, password and database are taken over, from an object that is never connected",
  async (_name, cell) => {
    await redis.command("ACL", "SETUSER", "shop", "on", ">p@ss:word", "~*", "&*", "+@all")
    const client = cell.create(`redis://shop:${encodeURIComponent("p@ss:word")}@${redis.host}:${redis.port}/5`)
    const connection = openRedisConnection(client)
    open.push(connection)
    expect(await outcome(connection, "ACL", "WHOAMI")).toBe("shop")
    expect(await outcome(connection, "CLIENT", "INFO")).toContain(" db=5 ")
    expect(await redis.command("CLIENT", "LIST", "TYPE", "normal")).not.toMatch(/user=shop[^]*user=shop/)
    expect(Object(client)).not.toMatchObject({ status: "ready" })
  },
)

test.each(clientRows)(
  "%s: bytes come back as they went, and every client gives the same replies",
  async (_name, cell) => {
    const connection = connect(cell)
    const bytes = new Uint8Array(256).map((_, index) => index)
    expect(await connection.command(0, ["SET", "k", bytes])).toEqual(Buffer.from("OK"))
    expect(await connection.command(0, ["GET", "k"])).toEqual(Buffer.from(bytes))
    expect(await connection.command(0, ["GET", "absent"])).toBeNull()
    expect(await connection.command(0, ["STRLEN", "k"])).toBe(256)
    expect(await connection.command(0, ["hset", "h", "field", "value"])).toBe(1)
    expect(await connection.command(0, ["hgetall", "h"])).toEqual([Buffer.from("field"), Buffer.from("value")])
    const nested = "return {1, {'a', false}, {ok = 'fine'}}"
    const answer = [1, [Buffer.from("a"), null], Buffer.from("fine")]
    expect(await connection.command(0, ["EVAL", nested, "0"])).toEqual(answer)
  },
)

test.each(clientRows)("%s: an error tells the server's word and no key, value or password", async (_name, cell) => {
  const connection = connect(cell)
  await connection.command(0, ["SET", "secret-key", "secret-value"])
  const failures = [
    await connection
      .command(0, ["HSET", "secret-key", "secret-field", "secret-value"])
      .catch((error: unknown) => error),
    await connection.command(0, ["NOSUCHCOMMAND", "secret-key"]).catch((error: unknown) => error),
    await connection
      .command(0, ["EVAL", "return redis.call('INCR', KEYS[1])", "1", "secret-key"])
      .catch((error: unknown) => error),
  ]
  expect(failures).toMatchObject([
    { code: "SERVER_REFUSED", facts: { command: "HSET", reply: "WRONGTYPE" } },
    { code: "SERVER_REFUSED", facts: { command: "NOSUCHCOMMAND", reply: "ERR" } },
    { code: "SERVER_REFUSED", facts: { command: "EVAL", reply: "ERR" } },
  ])
  const wrong = connect(cell, `redis://nobody:secret-password@${redis.host}:${redis.port}`)
  failures.push(await wrong.command(0, ["PING"]).catch((error: unknown) => error))
  expect(failures.at(-1)).toMatchObject({ code: "STORE_UNAVAILABLE", cause: { facts: { reply: "WRONGPASS" } } })
  expect(inspect(failures, { depth: 20, showHidden: true })).not.toContain("secret")
  expect(wrong.nodes()[0]).toMatchObject({ state: "connecting", lastError: "SERVER_REFUSED WRONGPASS" })
})

test.each(clientRows)("%s: a script is known again after SCRIPT FLUSH", async (_name, cell) => {
  const connection = connect(cell)
  for (const value of ["first", "second"]) {
    await redis.command("SCRIPT", "FLUSH")
    expect(String(await connection.script(0, script, [], [value]))).toBe(value)
    expect(String(await connection.script(0, script, [], ["again"]))).toBe("again")
  }
})

test.each(clientRows)(
  "%s: a frozen server costs a command its deadline, then the socket goes, then all is well",
  async (_name, cell) => {
    const connection = connect(cell)
    await ready(connection)
    const generation = connection.generation(0)
    redis.freeze()
    const startMs = performance.now()
    expect(await outcome(connection, "GET", "k")).toBe("COMMAND_TIMEOUT")
    const waitedMs = performance.now() - startMs
    expect(waitedMs).toBeGreaterThan(245)
    expect(waitedMs).toBeLessThan(1000)
    expect(await until(() => connection.generation(0) === undefined, { timeoutMs: 3000, everyMs: 5 })).toBe(true)
    expect(await outcome(connection, "GET", "k")).toBe("STORE_UNAVAILABLE")
    redis.thaw()
    expect(await settled(connection)).toBe("PONG")
    expect(connection.generation(0)).not.toBe(generation)
    expect(connection.generation(0)?.runId).toBe(generation?.runId)
  },
)

test.each(clientRows)("%s: an idle socket whose other end has gone silently is found", async (_name, cell) => {
  await using proxy = await startProxy(redis.port)
  const connection = connect(cell, `redis://${proxy.host}:${proxy.port}`, { beatMs: 100 })
  connection.subscribe("c", () => {})
  await ready(connection)
  await until(() => connection.nodes()[0]?.subscribed, { timeoutMs: 5000 })
  await proxy.set({ is: "silent" })
  const dead = () => connection.generation(0) === undefined && connection.nodes()[0]?.subscribed === false
  expect(await until(dead, { timeoutMs: 5000, everyMs: 10 })).toBe(true)
  await proxy.set({ is: "pass" })
  expect(await settled(connection)).toBe("PONG")
  expect(await until(() => connection.nodes()[0]?.subscribed, { timeoutMs: 10_000 })).toBe(true)
})

test.each(clientRows)(
  "%s: a killed connection is a new generation of the same run, a restarted server another run",
  async (_name, cell) => {
    const connection = connect(cell)
    await ready(connection)
    const first = connection.generation(0)!
    const blocked = outcome(connection, "BLPOP", "nothing", "0")
    await redis.command("CLIENT", "KILL", "TYPE", "normal")
    expect(await blocked).toBe("CONNECTION_CLOSED")
    expect(await settled(connection)).toBe("PONG")
    const second = connection.generation(0)!
    expect(second).not.toBe(first)
    expect(second.runId).toBe(first.runId)
    const bound = connection.command(0, ["SET", "k", "v"], { generation: first })
    await expect(bound).rejects.toMatchObject({ code: "GENERATION_CHANGED" })
    await redis.restart()
    await until(() => connection.generation(0) !== undefined && connection.generation(0) !== second, {
      timeoutMs: 15_000,
    })
    expect(connection.generation(0)?.runId).not.toBe(first.runId)
  },
)

test.each(clientRows)(
  "%s: messages are bytes, and are heard again after the subscriber was killed",
  async (_name, cell) => {
    const connection = connect(cell)
    const heard: Buffer[] = []
    connection.subscribe("c", () => {
      throw new Error("a listener's own")
    })
    connection.subscribe("c", (message) => heard.push(message))
    const subscribed = () => until(() => connection.nodes()[0]?.subscribed, { timeoutMs: 10_000, everyMs: 5 })
    await subscribed()
    for (const round of [1, 2]) {
      await connection.command(0, ["PUBLISH", "c", Uint8Array.from([255, 0, round])])
      expect(await until(() => heard.length === round, { timeoutMs: 5000, everyMs: 5 })).toBe(true)
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub")
      await until(() => connection.nodes()[0]?.subscribed === false, { timeoutMs: 5000, everyMs: 1 })
      await subscribed()
    }
    expect(heard).toEqual([Buffer.from([255, 0, 1]), Buffer.from([255, 0, 2])])
  },
)

test.each(clientRows)(
  "%s: a demoted primary is left at the first READONLY and used again when it is promoted",
  async (_name, cell) => {
    await using other = await startRedis()
    const connection = connect(cell)
    await ready(connection)
    try {
      await redis.command("REPLICAOF", other.host, String(other.port))
      await until(async () => (await outcome(connection, "SET", "k", "v")) !== "OK", { timeoutMs: 5000 })
      const replica = () => connection.nodes()[0]?.role === "replica"
      expect(await until(replica, { timeoutMs: 5000, everyMs: 5 })).toBe(true)
      expect(await outcome(connection, "GET", "k")).toBe("STORE_UNAVAILABLE")
    } finally {
      await redis.command("REPLICAOF", "NO", "ONE")
    }
    expect(await settled(connection)).toBe("PONG")
  },
)

test.each(clientRows)("%s: an event loop that was blocked after sending is not a slow server", async (_name, cell) => {
  const connection = connect(cell)
  await ready(connection)
  const answers = Array.from({ length: 100 }, () => outcome(connection, "GET", "k"))
  const untilMs = performance.now() + 600
  while (performance.now() < untilMs);
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["null"]))
  expect(connection.nodes()[0]).toMatchObject({ state: "ready", breaker: "closed", lastError: undefined })
})

test.each(clientRows)(
  "%s: 512 callers with three commands each pass; what is above the bound is refused at once",
  async (_name, cell) => {
    const connection = connect(cell, redis.url, { commandTimeoutMs: 5000 })
    await ready(connection)
    const passing = Array.from({ length: 512 * 3 }, () => outcome(connection, "GET", "k"))
    expect(new Set(await Promise.all(passing))).toEqual(new Set(["null"]))
    const all = await Promise.all(Array.from({ length: 5000 }, () => outcome(connection, "GET", "k")))
    expect(all.filter((each) => each === "STORE_OVERLOADED").length).toBe(5000 - 4096)
  },
)

test.each(clientRows)("%s: wrong credentials cause no storm of attempts", async (_name, cell) => {
  await using proxy = await startProxy(redis.port)
  const connection = connect(cell, `redis://nobody:wrong@${proxy.host}:${proxy.port}`)
  await outcome(connection, "PING")
  await until(() => false, { timeoutMs: 1000 })
  expect(proxy.accepted).toBeLessThanOrEqual(3)
  expect(proxy.open).toBe(0)
})

test("a Unix socket is taken over", async () => {
  const path = redis.socketPath ?? ""
  const clients = [
    createClient({ socket: { path, tls: false } }),
    createClient5({ socket: { path, tls: false } }),
    new Redis({ path, lazyConnect: true }),
    new Redis5({ path, lazyConnect: true }),
  ]
  for (const client of clients) {
    const connection = openRedisConnection(client)
    open.push(connection)
    expect(await outcome(connection, "PING")).toBe("PONG")
    expect(connection.nodes()[0]?.node).toEqual({ host: path, port: 0 })
  }
})

test("a shared connection sends over the user's own, and its subscriber over one of its own", async () => {
  const nodeRedis = createClient({ url: redis.url })
  const nodeRedis5 = createClient5({ url: redis.url })
  const ioredis = new Redis(redis.url, { lazyConnect: true })
  for (const client of [nodeRedis, nodeRedis5, ioredis]) {
    client.on("error", () => {})
    const connection = openRedisConnection(client, { connection: "shared" })
    open.push(connection)
    expect(await outcome(connection, "PING")).toBe("STORE_UNAVAILABLE")
    await client.connect()
    expect(await settled(connection)).toBe("PONG")
    await connection.command(0, ["SET", "k", Uint8Array.from([255, 0])])
    expect(await connection.command(0, ["GET", "k"])).toEqual(Buffer.from([255, 0]))
    await expect(connection.command(0, ["INCR", "k"])).rejects.toMatchObject({ facts: { reply: "ERR" } })
    const heard: string[] = []
    connection.subscribe("c", (message) => heard.push(String(message)))
    await until(() => connection.nodes()[0]?.subscribed, { timeoutMs: 5000, everyMs: 5 })
    await connection.command(0, ["PUBLISH", "c", "x"])
    expect(await until(() => heard.length === 1, { timeoutMs: 5000, everyMs: 5 })).toBe(true)
    const generation = connection.generation(0)
    await redis.command("CLIENT", "KILL", "TYPE", "normal")
    await until(() => connection.generation(0) !== generation, { timeoutMs: 5000, everyMs: 1 })
    expect(await settled(connection)).toBe("PONG")
    await connection.close({ timeoutMs: 100 })
    expect(await (client as { ping(): Promise<string> }).ping()).toBe("PONG")
    if ("destroy" in client) client.destroy()
    else client.disconnect()
  }
})
