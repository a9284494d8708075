import { inspect } from "node:util"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { closeReason, commandError, connectError } from "./client-errors.ts"

const secret = "s3cret-of-a-user"

test("of what a client rejects with, nothing is kept but the server's word and the command's name", () => {
  const words = fc.constantFrom("WRONGTYPE", "ERR", "NOSCRIPT", "OOM", "", "connect", "The client is closed")
  fc.assert(
    fc.property(words, fc.string(), fc.string(), (word, before, after) => {
      const error = Object.assign(new Error(`${word} ${before}${secret}${after}`), {
        code: secret,
        command: { name: "set", args: ["key", secret] },
        cause: new Error(secret),
      })
      for (const made of [
        commandError(error, "SET"),
        commandError(error, secret),
        connectError(error),
        closeReason(error),
      ]) {
        expect(inspect(made, { depth: 20, showHidden: true })).not.toContain(secret)
      }
    }),
  )
})

test.each([
  ["WRONGTYPE Operation against a key holding the wrong kind of value", { reply: "WRONGTYPE" }],
  ["NOSCRIPT No matching script.", { reply: "NOSCRIPT" }],
  ["MOVED 3999 10.0.0.1:6381", { reply: "MOVED", slot: 3999, address: "10.0.0.1:6381" }],
  ["ASK 12 [::1]:6381", { reply: "ASK", slot: 12, address: "[::1]:6381" }],
  ["MOVED 1 secret key:1 x", { reply: "MOVED" }],
  ["NOPERM User shop has no permissions to run the 'cluster|slots' command", { permission: "+cluster|slots" }],
  ["NOPERM this user has no permissions to run the 'get' command or its subcommand", { permission: "+get" }],
  ["ERR ACL failure in script: User shop has no permissions to run the 'zadd' command", { permission: "+zadd" }],
  ["NOPERM No permissions to access a key", { reply: "NOPERM", permission: "a key" }],
  ["NOPERM No permissions to access a channel", { reply: "NOPERM", permission: "a channel" }],
  ["NOPERM this user has no permissions to access one of the keys used as arguments", { permission: "a key" }],
  [
    "ERR ACL failure in script: No permissions to access a channel script: 1, on @user_script:1.",
    { permission: "a channel" },
  ],
  ["ERR The user executing the script can't run this command or subcommand script: 1.", { permission: "a command" }],
  [
    "ERR The user executing the script can't publish to the channel mentioned in the command",
    { permission: "a channel" },
  ],
  [
    "ERR Error running script (call to f_0a): @user_script:7: @user_script: 7: -OOM command not allowed",
    { reply: "OOM" },
  ],
  ["ERR Error running script (call to f_0a): @user_script:7: Script attempted to access nil", { reply: "ERR" }],
])("a server's error is told by its word: %s", (message, facts) => {
  expect(commandError(new Error(message), "get")).toMatchObject({
    code: "SERVER_REFUSED",
    facts: { command: "GET", ...facts },
  })
})

test.each(["Socket closed unexpectedly", "Connection is closed.", "read ECONNRESET", "The client is closed", ""])(
  "whatever else a client says leaves the outcome unknown: %s",
  (message) => {
    expect(commandError(new Error(message), "GET").code).toBe("CONNECTION_CLOSED")
    expect(commandError(message, "GET").code).toBe("CONNECTION_CLOSED")
  },
)

test("the reason of a failed attempt is the system's code, or the name of the error's class", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:6379"), { code: "ECONNREFUSED" })
  class ConnectionTimeoutError extends Error {}
  expect(connectError(refused)).toMatchObject({ code: "STORE_UNAVAILABLE", facts: { reason: "ECONNREFUSED" } })
  expect(connectError(new ConnectionTimeoutError("x")).facts).toEqual({ reason: "ConnectionTimeoutError" })
  expect(connectError(undefined).facts).toEqual({ reason: "unknown" })
  expect(connectError(new Error("WRONGPASS invalid username-password pair"))).toMatchObject({
    code: "SERVER_REFUSED",
    facts: { command: "handshake", reply: "WRONGPASS" },
  })
})

test("a right that is missing is named, and calling again does not help", () => {
  const error = commandError(new Error("NOPERM User shop has no permissions to run the 'get' command"), "get")
  expect(error.message).toContain("The server answered GET with NOPERM: the user lacks the permission +get.")
  expect(error.retryable).toBe(false)
  const key = commandError(new Error("NOPERM No permissions to access a key"), "get")
  expect(key.message).toContain("the user lacks the permission for a key.")
  expect(commandError(new Error("OOM command not allowed"), "set").retryable).toBe(true)
})
