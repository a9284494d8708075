import type { Clock } from "../../contracts/clock.ts"
import type { NodeStatus, RedisConnection } from "../../contracts/redis-connection.ts"
import type { HealthFinding, NodeHealth } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { unnamedRights } from "../../errors/missing-right.ts"
import { clusterFindings } from "./cluster-findings.ts"
import { infoField } from "./info-field.ts"
import { textOf } from "./replies.ts"

type Node = NodeStatus & { readonly slot: number }

/** Longest round trip of a PING on a healthy server, in milliseconds. */
const pingLimitMs = 100

/** Asks every primary how it is. Never rejects: what cannot be found out is a finding. */
export function redisHealth(connection: RedisConnection, clock: Clock): Promise<NodeHealth[]> {
  return Promise.all(connection.nodes().map((node) => nodeHealth(connection, clock, node)))
}

async function nodeHealth(connection: RedisConnection, clock: Clock, node: Node): Promise<NodeHealth> {
  const [ping, memory, inCluster] = await Promise.all([
    pingOf(connection, clock, node),
    memoryOf(connection, node),
    clusterFindings(connection, node.slot),
  ])
  const findings = [...pingFindings(ping), ...connectionFindings(node), ...inCluster]
  if (ping.is === "answered") findings.push(...memoryFindings(memory))
  return {
    node: `${node.node.host}:${node.node.port}`,
    ok: findings.every((finding) => finding.severity !== "error"),
    pingMs: ping.is === "answered" ? ping.ms : undefined,
    role: node.role,
    server: node.server,
    features: node.features,
    breaker: node.breaker,
    findings,
  }
}

type Ping =
  | { readonly is: "answered"; readonly ms: number }
  /** The server answered with an error, such as NOPERM; so it is there. */
  | { readonly is: "refused"; readonly reply: string }
  | { readonly is: "failed"; readonly how: string }

async function pingOf(
  connection: RedisConnection,
  clock: Clock,
  { slot, state, breaker, lastError }: Node,
): Promise<Ping> {
  const sentMs = clock.monotonic()
  try {
    await connection.command(slot, ["PING"], { timeoutMs: pingLimitMs })
    return { is: "answered", ms: clock.monotonic() - sentMs }
  } catch (error) {
    const known = error instanceof HoldfastError ? error : undefined
    if (known?.code === "SERVER_REFUSED") return { is: "refused", reply: String(known.facts["reply"]) }
    if (known?.code === "COMMAND_TIMEOUT")
      return { is: "failed", how: `does not answer: it did not answer PING within ${pingLimitMs} ms` }
    if (known?.code === "STORE_UNAVAILABLE" && state === "ready" && breaker === "open")
      return { is: "failed", how: "is not asked: its breaker is open after failures" }
    const why = String(known?.facts["reason"] ?? lastError ?? "it cannot be reached")
    return { is: "failed", how: `does not answer: ${why}` }
  }
}

function pingFindings(ping: Ping): HealthFinding[] {
  if (ping.is === "failed") {
    const reason = `The server ${ping.how}. Reads go to the source meanwhile.`
    return [{ severity: "error", id: "no-answer", reason }]
  }
  if (ping.is === "refused") {
    const reason = `The server refuses PING (${ping.reply}), so its answering time is not known.`
    return [{ severity: "warning", id: "ping-refused", reason }]
  }
  if (ping.ms <= pingLimitMs) return []
  const reason = `PING took ${Math.round(ping.ms)} ms; ${pingLimitMs} ms is the limit for a healthy server.`
  return [{ severity: "warning", id: "slow-answer", reason }]
}

function connectionFindings(node: Node): HealthFinding[] {
  const { role, breaker, lastError, lacking } = node
  const findings: HealthFinding[] = []
  if (role === "replica") {
    const reason =
      "This server is a replica: it refuses writes, and what it shows may be old. Holdfast needs the primary."
    findings.push({ severity: "error", id: "replica", reason })
  }
  if (breaker !== "closed") {
    const reason = `The breaker is ${breaker} after too many errors${lastError === undefined ? "" : `, last ${lastError}`}.`
    findings.push({ severity: breaker === "open" ? "error" : "warning", id: "breaker", reason })
  }
  if (lacking.length > 0) {
    const reason = `The server refuses what its user has no permission for: ${lacking.join(", ")}.`
    // Without the keys of the namespace nothing is cached at all.
    const severity = lacking.includes(unnamedRights.key) ? "error" : "warning"
    findings.push({ severity, id: "permission-missing", reason })
  }
  return node.subscribed ? findings : [...findings, subscriberDown(node)]
}

function subscriberDown({ isSubscribing, subscriberFailure }: Node): HealthFinding {
  const how = isSubscribing ? "not up yet" : "down"
  const why = subscriberFailure === undefined ? "" : ` (${subscriberFailure})`
  const reason = `The subscriber connection is ${how}${why}: who waits for another process's load is not woken, and asks again.`
  return { severity: isSubscribing ? "notice" : "warning", id: "subscriber-down", reason }
}

/** What bounds the server's memory; a field is undefined if the server does not tell. */
interface Memory {
  readonly maxBytes: number | undefined
  readonly policy: string | undefined
}

async function memoryOf(connection: RedisConnection, { slot }: Node): Promise<Memory> {
  const info = await connection.command(slot, ["INFO", "memory"]).then(textOf, () => undefined)
  const maxBytes = infoField(info, "maxmemory") ?? (await setting(connection, slot, "maxmemory"))
  const policy = infoField(info, "maxmemory_policy") ?? (await setting(connection, slot, "maxmemory-policy"))
  return { maxBytes: maxBytes === undefined ? undefined : Number(maxBytes), policy }
}

async function setting(connection: RedisConnection, slot: number, name: string): Promise<string | undefined> {
  const reply = await connection.command(slot, ["CONFIG", "GET", name]).catch(() => null)
  return Array.isArray(reply) ? textOf(reply[1]) : undefined
}

function memoryFindings({ maxBytes, policy }: Memory): HealthFinding[] {
  const findings: HealthFinding[] = []
  const warn = (id: string, reason: string): void => void findings.push({ severity: "warning", id, reason })
  if (maxBytes === undefined || policy === undefined) {
    warn("memory-unknown", "The server's memory limit could not be read: both INFO and CONFIG GET are refused.")
  }
  if (maxBytes === 0) {
    const reason = "No `maxmemory` is set: the server grows until the machine has no memory left."
    findings.push({ severity: "notice", id: "no-maxmemory", reason })
  } else if (policy === "noeviction") {
    warn(
      "eviction-policy",
      "The policy is noeviction: when memory is full, new entries are refused. Set allkeys-lru or allkeys-lfu.",
    )
  }
  if (policy?.endsWith("-random") === true) {
    warn("eviction-policy", `The policy is ${policy}: it evicts without regard to use. Set allkeys-lru or allkeys-lfu.`)
  }
  return findings
}
