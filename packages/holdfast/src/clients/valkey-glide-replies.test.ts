import { expect, test } from "vitest"
import { commandError } from "./client-errors.ts"
import { plainReply, serverError } from "./valkey-glide-replies.ts"

const b = (text: string): Buffer => Buffer.from(text)

test.each([
  [null, null],
  [7, 7],
  ["OK", b("OK")],
  [true, 1],
  [false, 0],
  [b("x"), b("x")],
  [new Uint8Array([120]), b("x")],
  [
    [1, [b("a"), null], "OK"],
    [1, [b("a"), null], b("OK")],
  ],
  [
    [
      { key: b("f"), value: b("v") },
      { key: "g", value: [true] },
    ],
    [b("f"), b("v"), b("g"), [1]],
  ],
  [new Set([b("m")]), [b("m")]],
])("a reply has the one form that it has with every client: %j", (reply, plain) => {
  expect(plainReply(reply)).toEqual(plain)
})

const signalled = "An error was signalled by the server: - "

test.each([
  ["WRONGTYPE: Operation against secret", { reply: "WRONGTYPE" }],
  ["OOM: command not allowed", { reply: "OOM" }],
  ["NOAUTH: Authentication required.", { reply: "NOAUTH" }],
  [`${signalled}ResponseError: unknown command 'secret'`, { reply: "ERR" }],
  [`${signalled}NoScriptError: No matching script.`, { reply: "NOSCRIPT" }],
  [`${signalled}BusyLoadingError: x`, { reply: "LOADING" }],
  [`${signalled}PermissionDenied: x`, { reply: "NOPERM" }],
  [`${signalled}ExecAbortError: x`, { reply: "EXECABORT" }],
  [`${signalled}ReadOnly: x`, { reply: "READONLY" }],
  [`${signalled}TryAgain: x`, { reply: "TRYAGAIN" }],
  [`${signalled}ClusterDown: x`, { reply: "CLUSTERDOWN" }],
  [`${signalled}CrossSlot: x`, { reply: "CROSSSLOT" }],
  [`${signalled}MasterDown: x`, { reply: "MASTERDOWN" }],
  [`${signalled}Moved: 123 127.0.0.1:7000`, { reply: "MOVED", slot: 123, address: "127.0.0.1:7000" }],
  [`${signalled}Ask: 5 [::1]:7000`, { reply: "ASK", slot: 5, address: "[::1]:7000" }],
])("GLIDE's words are the server's again: %s", (message, facts) => {
  const error = commandError(serverError(new Error(message)), "GET")
  expect(error).toMatchObject({ code: "SERVER_REFUSED", facts: { command: "GET", ...facts } })
  expect(JSON.stringify(error.facts) + error.message).not.toContain("secret")
})

test.each([
  "Received connection error `Failed to receive a response due to a fatal error - FatalReceiveError: channel closed`. Will attempt to reconnect",
  "timed out",
  "Unable to execute requests; the client is closed. Please create a new client.",
  "",
])("what GLIDE says of its connection is no word of the server: %s", (message) => {
  expect(commandError(serverError(new Error(message)), "GET").code).toBe("CONNECTION_CLOSED")
})
