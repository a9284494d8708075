import { expect, test } from "vitest"
import { readReport } from "./server-report.ts"

const asked = { host: "10.0.0.1", port: 7000 }

const nodes = [
  "aaa 10.0.0.1:7000@17000,name.local myself,master - 0 0 7 connected 0-99 200 [300->-bbb] [400-<-ccc]",
  "bbb 10.0.0.2:7000@17000 master - 0 0 8 connected",
  "ccc 10.0.0.3:7000@17000,other.local master - 0 0 3 connected 100-199 201-16383",
  "ddd ::1:7001@17001 master - 0 0 4 connected 5",
  "eee :0@0 master,fail - 0 0 2 disconnected 6",
  "fff 10.0.0.6:7000@17000 slave ccc 0 0 3 connected",
  "ggg 10.0.0.7:7000@17000 master - 0 0 0 connected",
  "hhh :7002@17002 master - 0 0 9 connected 7",
  "iii 10.0.0.9:7000@17000 master,fail? - 0 0 9 connected 8",
  "",
].join("\n")

test("a server's own line says what it owns and what moves, the others where to ask besides", () => {
  expect(readReport(nodes, asked)).toEqual({
    id: "aaa",
    epoch: 7,
    ranges: [
      [0, 99],
      [200, 200],
    ],
    leaving: new Map([[300, "bbb"]]),
    arriving: new Map([[400, "ccc"]]),
    others: new Map([
      // Owns nothing yet, but a slot is on its way to it.
      ["bbb", { host: "10.0.0.2", port: 7000 }],
      ["ccc", { host: "10.0.0.3", port: 7000 }],
      ["ddd", { host: "::1", port: 7001 }],
      ["hhh", { host: "10.0.0.1", port: 7002 }],
      ["iii", { host: "10.0.0.9", port: 7000 }],
    ]),
  })
})

test("a reply that names nobody as itself is no report", () => {
  expect(readReport("", asked)).toBeUndefined()
  expect(readReport(nodes.replace("myself,", ""), asked)).toBeUndefined()
})
