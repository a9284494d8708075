import { fieldsOf, viewOf } from "./cluster-node.ts"
import type { RedisProcess } from "./redis-process.ts"
import { ServerStartError } from "./server-start-error.ts"
import { until } from "./until.ts"

const SLOTS = 16_384
const FORMED_MS = 30_000

/** Makes a cluster of empty servers: the first `primaries` of them share the slots, the rest copy them in turn. */
export async function formCluster(nodes: readonly RedisProcess[], primaries: number): Promise<void> {
  const [first, ...others] = nodes
  if (first === undefined) throw new ServerStartError("A cluster needs at least one primary.")
  // Different epochs from the start: nodes that must settle a tie have no stable view for a while.
  await Promise.all(nodes.map((node, at) => node.command("CLUSTER", "SET-CONFIG-EPOCH", String(at + 1))))
  await Promise.all(nodes.slice(0, primaries).map((node, at) => addSlots(node, at, primaries)))
  for (const { host, port, busPort } of others)
    await first.command("CLUSTER", "MEET", host, String(port), String(busPort))
  await allBecome(nodes, "know each other", (node) => knowsAll(node, nodes))
  await Promise.all(nodes.slice(primaries).map((node, at) => replicate(node, nodes, at, primaries)))
  await allBecome(nodes, "call the cluster complete", isComplete)
  await allBecome(nodes.slice(primaries), "have a copy of their primary", isReplicaReady)
  await allBecome(nodes, "know every replica", (node) => knowsReplicas(node, nodes.length - primaries))
}

/** Whether a replica has all that its primary has. */
export async function isReplicaReady(node: RedisProcess): Promise<boolean> {
  const info = await fieldsOf(node, "INFO", "replication")
  return info.get("role") === "slave" && info.get("master_link_status") === "up"
}

async function addSlots(node: RedisProcess, at: number, primaries: number): Promise<void> {
  const first = Math.ceil((at * SLOTS) / primaries)
  const end = Math.ceil(((at + 1) * SLOTS) / primaries)
  const slots = Array.from({ length: end - first }, (_, index) => String(first + index))
  await node.command("CLUSTER", "ADDSLOTS", ...slots)
}

async function replicate(node: RedisProcess, nodes: readonly RedisProcess[], at: number, primaries: number) {
  const perPrimary = (nodes.length - primaries) / primaries
  const primary = nodes[Math.floor(at / perPrimary)]
  const view = primary && (await viewOf(primary))
  if (view !== undefined) await node.command("CLUSTER", "REPLICATE", view.id)
}

async function allBecome(
  nodes: readonly RedisProcess[],
  what: string,
  ask: (node: RedisProcess) => Promise<boolean>,
): Promise<void> {
  const all = async (): Promise<boolean> => (await Promise.all(nodes.map(ask))).every(Boolean)
  if (await until(all, { timeoutMs: FORMED_MS, everyMs: 20 })) return
  throw new ServerStartError(`The servers of a new cluster did not ${what} within ${FORMED_MS} ms.`)
}

/** With their addresses, its own too: it learns that from the others, and names it to clients. */
async function knowsAll(node: RedisProcess, nodes: readonly RedisProcess[]): Promise<boolean> {
  if (nodes.length === 1) return true
  const lines = String(await node.command("CLUSTER", "NODES")).split("\n")
  const met = lines.filter((line) => !/handshake|noaddr/.test(line)).map((line) => line.split(" ")[1] ?? "")
  return nodes.every(({ host, port }) => met.some((address) => address.startsWith(`${host}:${port}@`)))
}

async function isComplete(node: RedisProcess): Promise<boolean> {
  return (await fieldsOf(node, "CLUSTER", "INFO")).get("cluster_state") === "ok"
}

async function knowsReplicas(node: RedisProcess, replicas: number): Promise<boolean> {
  const ranges = await node.command("CLUSTER", "SLOTS")
  if (!Array.isArray(ranges)) return false
  const named = (ranges as unknown[][]).map((range) => range.length - 3)
  return named.reduce((total, count) => total + count, 0) === replicas
}
