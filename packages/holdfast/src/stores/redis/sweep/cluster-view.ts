import type { NodeAddress } from "../../../contracts/redis-client.ts"
import type { Generation, PrimaryServer, RedisConnection } from "../../../contracts/redis-connection.ts"
import { refusalOf, textOf } from "../replies.ts"
import { readReport, type ServerReport } from "./server-report.ts"

/** A server as it described itself. */
export interface ViewedServer {
  readonly server: PrimaryServer
  /** The run that said so. */
  readonly runId: string
  readonly report: ServerReport
}

/** On which servers the keys of a slot can be: on its owner, and while it is moved on both ends of the move. */
export interface Placement {
  readonly owner: ViewedServer
  readonly move: { readonly from: ViewedServer; readonly to: ViewedServer } | undefined
}

/** Where the keys of every slot can be. */
export type ClusterView = readonly Placement[]

const slotCount = 16_384

/**
 * Asks every primary of a cluster which slots it has. Undefined while that makes no whole: somebody does not answer, or a slot has no
 * owner. Rejects with `SERVER_REFUSED` if a server does not permit the question.
 */
export async function readClusterView(connection: RedisConnection): Promise<ClusterView | undefined> {
  const known = await askAll(connection.servers())
  const servers = new Map(known.map((each) => [each.report.id, each]))
  const unknown = new Map<string, NodeAddress>()
  for (const { report } of known) {
    for (const [id, node] of report.others) if (!servers.has(id)) unknown.set(id, node)
  }
  for (const found of await askAll([...unknown.values()].map((node) => connection.server(node)))) {
    servers.set(found.report.id, found)
  }
  return placementsOf(servers)
}

async function askAll(servers: readonly PrimaryServer[]): Promise<readonly ViewedServer[]> {
  const answers = await Promise.all(servers.map(ask))
  return answers.filter((answer) => answer !== undefined)
}

async function ask(server: PrimaryServer): Promise<ViewedServer | undefined> {
  let used: Generation | undefined
  try {
    const onSend = (generation: Generation): void => void (used = generation)
    const text = textOf(await server.command(["CLUSTER", "NODES"], { onSend }))
    const report = text === undefined ? undefined : readReport(text, server.node)
    return report && used && { server, runId: used.runId, report }
  } catch (error) {
    if (refusalOf(error) === "NOPERM") throw error
    return undefined
  }
}

function placementsOf(servers: ReadonlyMap<string, ViewedServer>): ClusterView | undefined {
  const placements = ownersOf(servers)
  for (const here of servers.values()) {
    for (const slot of here.report.arriving.keys()) {
      const owner = placements[slot]?.owner
      // Whom it names as the giver may have been replaced by a replica since.
      if (owner !== undefined && owner !== here) placements[slot] = { owner, move: { from: owner, to: here } }
    }
  }
  for (const from of servers.values()) {
    for (const [slot, id] of from.report.leaving) {
      const { owner, move } = placements[slot] ?? {}
      const to = servers.get(id)
      if (owner === from && to === undefined) return undefined
      // A giver that nobody told of the end goes on naming the move: it must not hide a later one, which the present owner knows of.
      const isKnown = owner === from || (owner === to && move === undefined)
      if (owner !== undefined && to !== undefined && isKnown) placements[slot] = { owner, move: { from, to } }
    }
  }
  return placements.every((placement) => placement !== undefined) ? placements : undefined
}

/** Two servers may claim a slot for a moment: the higher epoch has it. */
function ownersOf(servers: ReadonlyMap<string, ViewedServer>): (Placement | undefined)[] {
  const placements = Array.from({ length: slotCount }, (): Placement | undefined => undefined)
  for (const owner of servers.values()) {
    const placement = { owner, move: undefined }
    for (const [from, to] of owner.report.ranges) {
      for (let slot = from; slot <= to; slot++) {
        const rival = placements[slot]
        if (rival === undefined || rival.owner.report.epoch < owner.report.epoch) placements[slot] = placement
      }
    }
  }
  return placements
}

/** Whether the keys of a slot can have been nowhere else in between: then every server is as it was, by its run and by its epoch. */
export function isSamePlacement(a: Placement, b: Placement): boolean {
  return (
    isSameServer(a.owner, b.owner) && isSameServer(a.move?.from, b.move?.from) && isSameServer(a.move?.to, b.move?.to)
  )
}

function isSameServer(a: ViewedServer | undefined, b: ViewedServer | undefined): boolean {
  return a?.runId === b?.runId && a?.report.id === b?.report.id && a?.report.epoch === b?.report.epoch
}
