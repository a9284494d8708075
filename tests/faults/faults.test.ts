import { afterAll, describe, expect, test, vi } from "vitest"
import { clientCells, type ClientCell } from "../cells.ts"
import type { FaultCell } from "./cells/fault-cell.ts"
import { faultCells } from "./cells/fault-cells.ts"
import { runFault, type FaultFigures } from "./fault-run.ts"

// They wait most of the time.
vi.setConfig({ maxConcurrency: 8 })

/** The clients that every fault is tried with. */
const newest = ["redis 6", "ioredis 6"]
const table = new Map<string, FaultFigures | "failed">()

const isAlone = (fault: FaultCell): boolean => fault.alone === true

describe.for(faultCells.filter((fault) => !isAlone(fault)))("$name", { concurrent: true }, (fault) => {
  tryWithClients(fault)
})
describe.for(faultCells.filter(isAlone))("$name", (fault) => {
  tryWithClients(fault)
})

function tryWithClients(fault: FaultCell): void {
  test.for(clientsOf(fault))(
    "$name: reads are answered in time and none is stale, changes are reported truly, and all is well afterwards",
    async (client) => {
      const cell = `${fault.name} ${client.name}`
      table.set(cell, "failed")
      const figures = await runFault(fault, client)
      table.set(cell, figures)
      expect(figures.recoveredMs).toBeLessThan(fault.recoveryMs)
    },
  )
}

afterAll(() => {
  const rows = faultCells.map((fault) => [fault.name, ...clientCells.map((client) => describeCell(fault, client))])
  rows.unshift(["fault", ...clientCells.map(({ name }) => name)])
  const widths = clientCells.map((_client, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  console.log("faults: ms to answer reads (99 %, longest) | changes delivered later | ms to recover")
  for (const row of rows) console.log(row.map((text, at) => text.padEnd(widths[at] ?? 0)).join("  "))
})

function clientsOf(fault: FaultCell): readonly ClientCell[] {
  return clientCells.filter(({ name }) => fault.everyClient === true || newest.includes(name))
}

function describeCell(fault: FaultCell, client: ClientCell): string {
  const figures = table.get(`${fault.name} ${client.name}`)
  if (figures === undefined) return "-"
  if (figures === "failed") return figures
  const { p99Ms, maxMs, undelivered, writes, recoveredMs } = figures
  return `${p99Ms.toFixed(0)} ${maxMs.toFixed(0)} | ${undelivered} of ${writes} | ${recoveredMs.toFixed(0)}`
}
