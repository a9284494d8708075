import { expect, test } from "vitest"
import { encodeCommand, parseReply, RedisReplyError, replyToText } from "./resp.ts"

const WIRE = Buffer.from("*5\r\n+OK\r\n:-7\r\n$5\r\n\r\n€\r\n*2\r\n$-1\r\n*-1\r\n-WRONGTYPE no\r\n")

test("a reply is parsed once it is complete, not before", () => {
  for (const reply of [WIRE, Buffer.from("$2\r\nab\r\n")]) {
    for (let end = 0; end < reply.length; end++) expect(parseReply(reply.subarray(0, end))).toBeUndefined()
  }
  const parsed = parseReply(WIRE)
  expect(parsed?.next).toBe(WIRE.length)
  const expected = ["OK", -7, "\r\n€", [null, null], new RedisReplyError("WRONGTYPE no")]
  expect(replyToText(parsed?.reply ?? null)).toEqual(expected)
})

test("a command counts bytes, not characters, and carries any byte", () => {
  const bytes = encodeCommand(["SET", "€", new Uint8Array([0, 255, 13, 10]), 5])
  const expected = Buffer.concat([
    Buffer.from("*4\r\n$3\r\nSET\r\n$3\r\n€\r\n$4\r\n"),
    Buffer.from([0, 255, 13, 10]),
    Buffer.from("\r\n$1\r\n5\r\n"),
  ])
  expect(bytes.equals(expected)).toBe(true)
})

test("what is no reply is an error", () => {
  expect(() => parseReply(Buffer.from("HTTP/1.1 200 OK\r\n"))).toThrow("RESP2")
})
