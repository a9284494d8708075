import type { ModelNode } from "../model-node.ts"

type Fields = Readonly<Record<string, string | number>>

const sections: Readonly<Record<string, (node: ModelNode) => Fields>> = {
  server: ({ runId, node, cluster }) => ({
    redis_version: "7.0.15",
    redis_mode: cluster === undefined ? "standalone" : "cluster",
    run_id: runId,
    tcp_port: node.port,
  }),
  memory: () => ({ maxmemory: 0, maxmemory_policy: "noeviction" }),
  replication: ({ role, replId, formerReplId }) => ({
    ...(role === "primary"
      ? { role: "master", connected_slaves: 0, master_failover_state: "no-failover" }
      : { role: "slave", master_link_status: "up" }),
    master_replid: replId,
    master_replid2: formerReplId,
  }),
  cluster: ({ cluster }) => ({ cluster_enabled: cluster === undefined ? 0 : 1 }),
  keyspace: ({ size }) => (size === 0 ? {} : { db0: `keys=${size}` }),
}

/** What INFO says, with the fields that somebody reads. */
export function serverInfo(node: ModelNode, asked: readonly string[]): string {
  const names = asked.map((name) => name.toLowerCase())
  const all = names.length === 0 || names.some((name) => name === "all" || name === "default" || name === "everything")
  return Object.entries(sections)
    .filter(([name]) => all || names.includes(name))
    .map(([name, fields]) => {
      const lines = Object.entries(fields(node)).map(([field, value]) => `${field}:${value}\r\n`)
      return `# ${name[0]?.toUpperCase()}${name.slice(1)}\r\n${lines.join("")}`
    })
    .join("\r\n")
}
