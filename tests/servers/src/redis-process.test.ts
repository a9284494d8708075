import { createServer } from "node:net"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { expect, test } from "vitest"
import { isRunning } from "./fixtures/is-running.ts"
import { freePort } from "./free-port.ts"
import { startRedis } from "./redis-process.ts"
import { RedisReplyError } from "./resp.ts"
import { redisCommand } from "./redis-command.ts"
import { ServerStartError } from "./server-start-error.ts"

test("a started server answers, without persistence, and is gone after stop", async () => {
  const redis = await startRedis({ maxmemory: "8mb", policy: "allkeys-lru", unixSocket: true })
  expect(await redis.command("SET", "k", "v")).toBe("OK")
  expect(await redis.command("MGET", "k", "none")).toEqual(["v", null])
  expect(await redis.command("CONFIG", "GET", "save")).toEqual(["save", ""])
  expect(await redis.command("CONFIG", "GET", "appendonly")).toEqual(["appendonly", "no"])
  expect(await redis.command("CONFIG", "GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "allkeys-lru"])
  expect(await redis.command("CONFIG", "GET", "maxmemory")).toEqual(["maxmemory", String(8 * 1024 * 1024)])
  const { pid, socketPath = "" } = redis
  expect(existsSync(socketPath)).toBe(true)
  await redis.stop()
  expect(isRunning(pid)).toBe(false)
  expect(existsSync(dirname(socketPath))).toBe(false)
})

test("bytes come back as they were", async () => {
  await using redis = await startRedis()
  const bytes = Buffer.from([0, 255, 13, 10, 128])
  await redis.command("SET", "k", bytes)
  expect(await redis.commandBytes("GET", "k")).toEqual(bytes)
})

test("an error reply rejects with the server's words", async () => {
  await using redis = await startRedis()
  await expect(redis.command("NOSUCH")).rejects.toThrow(RedisReplyError)
})

test("a password is asked for, and is part of the url", async () => {
  await using redis = await startRedis({ password: "p@ss/word" })
  expect(await redis.command("PING")).toBe("PONG")
  expect(new URL(redis.url).password).toBe(encodeURIComponent("p@ss/word"))
  await expect(redisCommand(redis, ["PING"], 1000)).resolves.toEqual(Buffer.from("PONG"))
  await expect(redisCommand({ host: redis.host, port: redis.port }, ["PING"], 1000)).rejects.toThrow("NOAUTH")
})

test("a frozen server keeps connections and does not answer; thawed it goes on with its data", async () => {
  await using redis = await startRedis()
  await redis.command("SET", "k", "v")
  redis.freeze()
  await expect(redisCommand(redis, ["GET", "k"], 150)).rejects.toThrow("did not answer within 150 ms")
  redis.thaw()
  await redis.waitReady()
  expect(await redis.command("GET", "k")).toBe("v")
})

test("a server that was killed while frozen comes back empty on the same port", async () => {
  await using redis = await startRedis({ maxmemory: "8mb" })
  const { port, pid } = redis
  await redis.command("SET", "k", "v")
  redis.freeze()
  await redis.kill()
  expect(isRunning(pid)).toBe(false)
  await expect(redis.command("PING")).rejects.toThrow("ECONNREFUSED")
  await expect(redis.waitReady(1000)).rejects.toThrow("has ended")
  await redis.restart({ empty: true })
  expect(redis.port).toBe(port)
  expect(redis.pid).not.toBe(pid)
  expect(await redis.command("DBSIZE")).toBe(0)
  expect(await redis.command("CONFIG", "GET", "maxmemory")).toEqual(["maxmemory", String(8 * 1024 * 1024)])
})

test("a port that is taken is an error that says so", async () => {
  const port = await freePort()
  const squatter = createServer().listen(port, "127.0.0.1")
  await once(squatter, "listening")
  const error = await startRedis({ port }).catch((reason: unknown) => reason)
  squatter.close()
  expect(error).toBeInstanceOf(ServerStartError)
  expect(error).toMatchObject({ portTaken: true })
})

test("another server's answer on the same port is not taken for our own", async () => {
  await using first = await startRedis()
  await expect(startRedis({ port: first.port })).rejects.toThrow("has ended with code 1")
  expect(await first.command("PING")).toBe("PONG")
})

test("a setting the server does not know is an error with the server's words", async () => {
  await expect(startRedis({ extraArgs: ["--no-such-setting", "1"] })).rejects.toThrow(/no-such-setting/)
})
