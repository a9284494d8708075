import { startCluster, startRedis, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import type { ConformanceCase } from "holdfast/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientCells, clusterCells } from "../cells.ts"
import { serverCells, type ServerCell } from "../server-cells.ts"

declare module "vitest" {
  interface TaskMeta {
    /** Where in the conformance table the test counts. */
    cell?: TableCell
    /** Cells of the table that this skipped test stands for. */
    notRun?: readonly TableCell[]
  }
}

interface TableCell {
  readonly row: string
  readonly column: string
}

/** A row of the matrix: a client on a topology. */
export interface MatrixRow {
  readonly client: string
  readonly topology: "standalone" | "cluster"
  /** A client as a user makes it from the addresses of some servers. */
  create(urls: readonly string[]): unknown
  /** Cases of the client suite that it cannot pass, by their id, each with the reason. */
  readonly lacks?: Readonly<Record<string, string>>
}

/** One client on one topology of one server release. */
export interface MatrixCell extends MatrixRow {
  readonly server: ServerCell
}

/** The servers of a cell: one, or the primaries of a cluster. */
export type CellServers = RedisProcess | RedisCluster

/** A case with the reason why it is not run, if there is one. */
export interface MatrixCase extends ConformanceCase {
  readonly skipped?: string | undefined
}

const rows: readonly MatrixRow[] = [
  ...clientCells.map(({ name, create, lacks = {} }): MatrixRow => ({
    client: name,
    topology: "standalone",
    create: ([url = ""]) => create(url),
    lacks,
  })),
  ...clusterCells.map(({ name, create, lacks = {} }): MatrixRow => ({
    client: name,
    topology: "cluster",
    create,
    lacks,
  })),
]

/** On a server that is not the default one, `npm test` runs only these: one of each family. */
const travellers = ["redis 6", "ioredis 6"]
const isDeep = process.env["HOLDFAST_DEEP"] !== undefined

/** Registers the tests of a suite for every cell of the matrix, and one skipped test for those that are not run. */
export function matrix(
  suite: string,
  casesOf: (cell: MatrixCell, servers: () => CellServers) => readonly MatrixCase[],
): void {
  for (const server of serverCells) {
    const cells = rows.map((row): MatrixCell => ({ ...row, server })).filter(isRun)
    describe(`${suite} on ${server.name}`, () => {
      const servers = serversOf(server)
      for (const cell of cells) {
        describe(`${cell.client}, ${cell.topology}`, () => {
          runCases(casesOf(cell, servers[cell.topology]), placeOf(cell))
        })
      }
    })
  }
  const left = serverCells.flatMap((server) => rows.map((row) => ({ ...row, server }))).filter((cell) => !isRun(cell))
  if (left.length > 0) {
    notRun(
      `${suite}: ${left.length} cells of the matrix`,
      `other servers than the default one are run with ${travellers.join(" and ")}; HOLDFAST_DEEP=1 runs every client`,
      left.map(placeOf),
    )
  }
}

/** Registers cases that count in one cell of the table. They run side by side. */
export function runCases(cases: readonly MatrixCase[], cell: TableCell): void {
  const named = cases.map((each): [string, MatrixCase] => [each.name, each])
  test.concurrent.for(named)("%s", { meta: { cell } }, async ([, { skipped, run }], context) => {
    if (skipped !== undefined) context.skip(skipped)
    await expect(run()).resolves.toBeUndefined()
  })
}

/** Registers a skipped test that stands for cells of the table. */
export function notRun(name: string, reason: string, cells: readonly TableCell[]): void {
  test.for([name])("%s", { meta: { notRun: cells } }, (_name, context) => context.skip(reason))
}

/** The addresses that a user would put into a client. */
export function urlsOf(servers: CellServers): readonly string[] {
  return "urls" in servers ? servers.urls : [servers.url]
}

/** The one server, or the first of the cluster. */
export function primaryOf(servers: CellServers): RedisProcess {
  return "nodes" in servers ? started(servers.nodes[0]) : servers
}

function isRun({ client, server }: MatrixCell): boolean {
  return isDeep || server.isDefault || travellers.includes(client)
}

function placeOf({ client, topology, server }: MatrixCell): TableCell {
  return { row: `${client}, ${topology}`, column: server.name }
}

/** Starts what the cells of one server release need before their tests, and stops it after. */
function serversOf({ binary }: ServerCell) {
  let standalone: RedisProcess | undefined
  let cluster: RedisCluster | undefined
  beforeAll(async () => {
    standalone = await startRedis({ binary })
    cluster = await startCluster({ binary })
  })
  afterAll(async () => {
    await standalone?.stop()
    await cluster?.stop()
  })
  return { standalone: () => started(standalone), cluster: () => started(cluster) }
}

function started<Servers>(servers: Servers | undefined): Servers {
  if (servers === undefined) throw new Error("The servers of this cell were not started.")
  return servers
}
