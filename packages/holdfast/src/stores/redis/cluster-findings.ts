import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type { HealthFinding } from "../../contracts/store.ts"
import { infoField } from "./info-field.ts"
import { textOf } from "./replies.ts"

/**
 * A client for one server that reaches a node of a cluster is refused the keys of all slots that this node does not own, for good.
 * A cluster of one node owns all.
 */
export async function clusterFindings(connection: RedisConnection, slot: number): Promise<HealthFinding[]> {
  if (!connection.sharesSlots) return []
  const ask = (...command: string[]): Promise<string | undefined> =>
    connection.command(slot, command).then(textOf, () => undefined)
  if (infoField(await ask("INFO", "cluster"), "cluster_enabled") !== "1") return []
  if (infoField(await ask("CLUSTER", "INFO"), "cluster_size") === "1") return []
  const reason =
    "This server is one node of a cluster, and the client is for one server: what belongs to other nodes is refused (MOVED), and reads of it go to the source. Pass a cluster client: createCluster(...) of node-redis, new Cluster(...) of ioredis."
  return [{ severity: "error", id: "cluster-node", reason }]
}
