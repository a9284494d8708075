import { expect, test } from "vitest"
import { readAddress, readSlotRanges } from "./slot-ranges.ts"

const asked = { host: "seed.example", port: 7000 }
const host = Buffer.from("10.0.0.1")

test("the owner of each range is read, its replicas and what newer servers add are not", () => {
  const replica = [Buffer.from("10.0.0.9"), 7009, Buffer.from("r")]
  const primary = [host, 7001, Buffer.from("id"), [Buffer.from("hostname"), Buffer.from("a.example")]]
  expect(readSlotRanges([[0, 5460, primary, replica]], asked)).toEqual([
    { from: 0, to: 5460, node: { host: "10.0.0.1", port: 7001 } },
  ])
})

test.each([
  ["null", null],
  ["empty", Buffer.from("")],
])("a host that is %s is the one that was asked", (_what, unnamed) => {
  expect(readSlotRanges([[0, 1, [unnamed, 7003]]], asked)).toEqual([
    { from: 0, to: 1, node: { host: "seed.example", port: 7003 } },
  ])
})

test.each([
  ["no list", Buffer.from("OK")],
  ["a host that the cluster does not know", [[0, 1, [Buffer.from("?"), 7000]]]],
  ["a slot beyond the last", [[0, 16_384, [host, 7000]]]],
  ["a slot that is no number", [[Buffer.from("0"), 1, [host, 7000]]]],
  ["no primary", [[0, 1]]],
])("%s is left out", (_what, reply) => {
  expect(readSlotRanges(reply, asked)).toEqual([])
})

test("a redirection names a host, or means the server that gives it", () => {
  expect(readAddress("10.0.0.1:7001", asked)).toEqual({ host: "10.0.0.1", port: 7001 })
  expect(readAddress("fe80::1:7001", asked)).toEqual({ host: "fe80::1", port: 7001 })
  expect(readAddress("[fe80::1]:7001", asked)).toEqual({ host: "fe80::1", port: 7001 })
  expect(readAddress(":7001", asked)).toEqual({ host: "seed.example", port: 7001 })
})
