import { expect, test } from "vitest"
import { detectClient } from "./detect-client.ts"

/** An object with members of these names, as if inherited from a class. */
const shaped = (members: string, own: object = {}): object => {
  const prototype = Object.fromEntries(members.split(" ").map((name) => [name, () => {}]))
  return Object.assign(Object.create(prototype), own) as object
}

const ioredis = "duplicate callBuffer call disconnect connect on subscribe status"
const nodeRedis = "duplicate sendCommand withTypeMapping destroy connect on subscribe isOpen"

test("clients are recognised by their shape, with the servers they are configured for", () => {
  expect(detectClient(shaped(ioredis, { options: { host: "a", port: 7 } }))).toMatchObject({
    driver: "ioredis",
    topology: "standalone",
    seeds: [{ host: "a", port: 7 }],
  })
  expect(detectClient(shaped(ioredis, { options: { path: "/run/redis.sock" } })).seeds).toEqual([
    { host: "/run/redis.sock", port: 0 },
  ])
  expect(detectClient(shaped(nodeRedis, { options: { socket: { host: "b" } } }))).toMatchObject({
    driver: "node-redis",
    topology: "standalone",
    seeds: [{ host: "b", port: 6379 }],
  })
  expect(detectClient(shaped(nodeRedis)).seeds).toEqual([{ host: "localhost", port: 6379 }])
})

test("a source of connections is taken as it is", () => {
  const source = shaped("driver topology seeds connect")
  expect(detectClient(source)).toBe(source)
})

test("a source of connections that is ready-made is taken as it is, and has nothing to share", () => {
  const client = { driver: "x", topology: "standalone", seeds: [], connect: () => Promise.reject(new Error()) }
  expect(detectClient(client)).toBe(client)
  expect(() => detectClient(client, "shared")).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
})

test.each([
  ["ioredis with keyPrefix", shaped(ioredis, { options: { keyPrefix: "app:" } }), "keyPrefix"],
  ["node-redis with keyPrefix", shaped(nodeRedis, { options: { keyPrefix: "app:" } }), "keyPrefix"],
  ["node-redis pool", shaped("sendCommand totalClients idleClients withTypeMapping"), "pass the client"],
  ["node-redis 4", shaped("duplicate sendCommand isOpen connect"), "older than version 5"],
  ["a GLIDE client", shaped("customCommand invokeScript"), "holdfast/valkey-glide"],
  ["a class of GLIDE", shaped("createClient __createClient"), "holdfast/valkey-glide"],
])("%s is refused, and the error says what to do", (_name, client, says) => {
  expect(() => detectClient(client)).toThrow(says)
  expect(() => detectClient(client)).toThrow(expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }))
})

test.each([null, undefined, 6379, "redis://user:secret@host", {}, [], () => {}, Object.create(null)])(
  "anything else is no client, and is not repeated in the error: %s",
  (client) => {
    expect(() => detectClient(client)).toThrow(expect.objectContaining({ code: "UNKNOWN_CLIENT" }))
    expect(() => detectClient(client)).not.toThrow("secret")
  },
)
