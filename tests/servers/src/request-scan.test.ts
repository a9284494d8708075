import { expect, test } from "vitest"
import { RequestScan } from "./request-scan.ts"
import { encodeCommand } from "./resp.ts"

const names = (scan: RequestScan, piece: Buffer): string[] =>
  scan.take(piece).map(({ args, end }) => `${args.map(String).join(" ")} @${end}`)

test("commands are found wherever the pieces are cut", () => {
  const bytes = Buffer.concat([encodeCommand(["GET", "a\r\n*1"]), encodeCommand(["PING"])])
  for (let cut = 0; cut <= bytes.length; cut++) {
    const scan = new RequestScan()
    const found = [...names(scan, bytes.subarray(0, cut)), ...names(scan, bytes.subarray(cut))]
    expect(found.map((each) => each.replace(/ @.*/, ""))).toEqual(["GET a\r\n*1", "PING"])
  }
})

test("the end of a command counts from the piece that completes it", () => {
  const scan = new RequestScan()
  const ping = encodeCommand(["PING"])
  expect(names(scan, ping.subarray(0, 5))).toEqual([])
  expect(names(scan, Buffer.concat([ping.subarray(5), ping]))).toEqual([
    `PING @${ping.length - 5}`,
    `PING @${2 * ping.length - 5}`,
  ])
})

test("what is not RESP, and all that follows it, is not looked at", () => {
  const scan = new RequestScan()
  expect(
    names(scan, Buffer.concat([encodeCommand(["PING"]), Buffer.from("PING\r\n"), encodeCommand(["PING"])])),
  ).toEqual([`PING @${encodeCommand(["PING"]).length}`])
  expect(names(scan, encodeCommand(["PING"]))).toEqual([])
})
