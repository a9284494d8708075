import type { RedisClient } from "../contracts/redis-client.ts"
import { clusterClient, type ClusterSettings } from "./cluster-client.ts"

/** A client's settings, as those of a cluster: its sentinels are the entrances, and what they name the nodes. */
export interface SentinelSettings extends ClusterSettings {
  /** What the sentinels call the primary. */
  readonly primaryName: string
}

/** A client that finds its primary through sentinels as a source of connections: to the sentinels, and to what they name. */
export function sentinelClient({ primaryName, ...settings }: SentinelSettings): RedisClient {
  return { ...clusterClient(settings), topology: "sentinel", primaryName }
}
