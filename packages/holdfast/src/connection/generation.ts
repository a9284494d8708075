import type { Clock } from "../contracts/clock.ts"
import type { NodeAddress, RedisLink } from "../contracts/redis-client.ts"
import type { Generation } from "../contracts/redis-connection.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { ask } from "./ask.ts"
import { readFeatures } from "./features.ts"
import type { ServerClock } from "./server-clock.ts"

interface ServerState {
  readonly clock: Clock
  readonly serverClock: ServerClock
  readonly node: NodeAddress
}

/**
 * Reads what a socket leads to, before its first use (R4). Each call makes a new object: leases and windows are bound to the socket.
 *
 * Rejects with `SERVER_NOT_SUPPORTED` if the server is too old or has no scripting.
 */
export async function readGeneration(link: RedisLink, state: ServerState): Promise<Generation> {
  const scripting = ask(link, ["EVAL", "return 1", "0"]).catch((error: unknown) => {
    throw isUnknownCommand(error) ? noScripting() : error
  })
  const [info, replication, features] = await Promise.all([
    readInfo(link, "server"),
    readRole(link, state),
    readFeatures(link),
    scripting,
  ])
  const server = supportedServer(info)
  return { node: state.node, runId: info.get("run_id") ?? "", ...replication, server, features, lacking: new Set() }
}

/** Whether the socket still leads to what it led to: a server can change its role and keep its connections. */
export async function isStillCurrent(link: RedisLink, generation: Generation, state: ServerState): Promise<boolean> {
  const { role, replId } = await readRole(link, state)
  return role === generation.role && replId === generation.replId
}

/** The id of the server's present run. */
export async function readRunId(link: RedisLink): Promise<string> {
  return (await readInfo(link, "server")).get("run_id") ?? ""
}

async function readRole(
  link: RedisLink,
  state: ServerState,
): Promise<Pick<Generation, "role" | "replId" | "formerReplId">> {
  const sentMs = state.clock.monotonic()
  const time = ask(link, ["TIME"]).then((reply) => state.serverClock.take(reply, sentMs))
  const [replication] = await Promise.all([readInfo(link, "replication"), time])
  return {
    role: replication.get("role") === "slave" ? "replica" : "primary",
    replId: replication.get("master_replid") ?? "",
    formerReplId: replication.get("master_replid2") ?? "",
  }
}

async function readInfo(link: RedisLink, section: string): Promise<ReadonlyMap<string, string>> {
  const text = String(await ask(link, ["INFO", section]))
  const fields = text
    .split("\r\n")
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as const)
  return new Map(fields)
}

const floors = [
  { field: "valkey_version", name: "Valkey", floor: [7, 2] },
  { field: "redis_version", name: "Redis", floor: [6, 2] },
] as const

/** Name and version. Other servers that speak the protocol name none, or one of Redis: what counts then is that scripts run. */
function supportedServer(info: ReadonlyMap<string, string>): string | undefined {
  const known = floors.find(({ field }) => info.has(field))
  if (known === undefined) return undefined
  const version = info.get(known.field) ?? ""
  const server = `${known.name} ${version}`
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const [floorMajor, floorMinor] = known.floor
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return server
  throw new HoldfastError("SERVER_NOT_SUPPORTED", `The server is ${server}.`, {
    facts: { reason: `${server} is too old` },
  })
}

function isUnknownCommand(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === "SERVER_REFUSED" && error.facts["reply"] === "ERR"
}

function noScripting(): HoldfastError {
  return new HoldfastError("SERVER_NOT_SUPPORTED", "The server refuses to run Lua scripts.", {
    facts: { reason: "the server refuses to run Lua scripts" },
  })
}
