import { fieldsOf } from "./cluster-node.ts"
import { startRedis, type RedisOptions, type RedisProcess } from "./redis-process.ts"
import { ServerStartError } from "./server-start-error.ts"
import { until } from "./until.ts"

const FORMED_MS = 30_000
const FAIL_OVER_MS = 30_000

/** How servers and their sentinels are started: every server like the others. Everything has a default. */
export interface SentinelOptions extends Omit<RedisOptions, "port" | "unixSocket" | "cluster" | "sentinel"> {
  /** What the sentinels call the primary. Default "shop". */
  readonly name?: string
  /** Default 3; more than half of them decide. */
  readonly sentinels?: number
  /** Default 2. */
  readonly replicas?: number
  /** What clients of the sentinels, and the sentinels themselves, have to say. Default: nothing. */
  readonly sentinelPassword?: string
  /** How long a primary may be silent before a sentinel calls it down, in milliseconds. Default 500. */
  readonly downAfterMs?: number
}

/** A primary with replicas, watched by sentinels that replace it. Each server can be frozen, killed and restarted. */
export interface SentinelGroup extends AsyncDisposable {
  readonly name: string
  /** First the one that began as the primary. */
  readonly servers: readonly RedisProcess[]
  readonly sentinels: readonly RedisProcess[]
  /** The server that all sentinels which answer name, and that calls itself the primary. Waits until there is one. */
  primary(): Promise<RedisProcess>
  /** Has the sentinels replace a primary that is alive, and returns the new one once all agree. */
  failOver(): Promise<RedisProcess>
  /** Waits until another server than this one is the primary. */
  heirOf(lost: RedisProcess): Promise<RedisProcess>
  /** Waits until every replica, of which there is at least one, has all that its primary has. */
  caughtUp(): Promise<void>
  /** Ends all servers and removes all they left. */
  stop(): Promise<void>
}

/** Starts servers and sentinels, and waits until these know each other and every replica. Throws ServerStartError. */
export async function startSentinels(options: SentinelOptions = {}): Promise<SentinelGroup> {
  const { name = "shop", sentinels = 3, replicas = 2, sentinelPassword, downAfterMs = 500, ...rest } = options
  const auth = rest.password === undefined ? [] : ["--masterauth", rest.password]
  const prompt = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
  const server = { ...rest, extraArgs: [...prompt, ...auth, ...(rest.extraArgs ?? [])] }
  const group = new SentinelServers(name)
  try {
    await group.add("servers", 1 + replicas, () => startRedis(server))
    const [primary, ...others] = group.servers
    if (primary === undefined) throw new ServerStartError("Sentinels need a server to watch.")
    await Promise.all(others.map((each) => each.command("REPLICAOF", primary.host, String(primary.port))))
    await group.caughtUp()
    const watched = watch(name, primary, { quorum: Math.floor(sentinels / 2) + 1, downAfterMs })
    const secret = sentinelPassword === undefined ? {} : { password: sentinelPassword }
    const { binary, tls } = rest
    const sentinel = { sentinel: watched, ...secret, ...(binary && { binary }), ...(tls && { tls }) }
    await group.add("sentinels", sentinels, () => startRedis(sentinel))
    await group.formed()
    return group
  } catch (error) {
    await group.stop()
    throw error
  }
}

function watch(
  name: string,
  { host, port, password }: RedisProcess,
  { quorum, downAfterMs }: { readonly quorum: number; readonly downAfterMs: number },
): string[] {
  return [
    `sentinel monitor ${name} ${host} ${port} ${quorum}`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 5000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${name} ${JSON.stringify(password)}`]),
    "",
  ]
}

class SentinelServers implements SentinelGroup {
  readonly name: string
  servers: readonly RedisProcess[] = []
  sentinels: readonly RedisProcess[] = []

  constructor(name: string) {
    this.name = name
  }

  /** Starts so many, and keeps those that have started even if one has not. */
  async add(kind: "servers" | "sentinels", count: number, start: () => Promise<RedisProcess>): Promise<void> {
    const started = await Promise.allSettled(Array.from({ length: count }, start))
    this[kind] = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
    const failed = started.find((each) => each.status === "rejected")
    if (failed !== undefined) throw failed.reason
  }

  async formed(): Promise<void> {
    const know = async (): Promise<boolean> =>
      (await Promise.all(this.sentinels.map((each) => this.#knowsAll(each)))).every(Boolean)
    if (await until(know, { timeoutMs: FORMED_MS, everyMs: 20 })) return
    throw new ServerStartError(`The sentinels did not know each other and every replica within ${FORMED_MS} ms.`)
  }

  async primary(): Promise<RedisProcess> {
    return this.#agreed(() => true, "agree on a primary")
  }

  async heirOf(lost: RedisProcess): Promise<RedisProcess> {
    return this.#agreed((named) => named !== lost, `replace the server on port ${lost.port}`)
  }

  async failOver(): Promise<RedisProcess> {
    const primary = await this.primary()
    const asked = async (): Promise<boolean> =>
      this.sentinels[0]?.command("SENTINEL", "FAILOVER", this.name).then(
        () => true,
        () => false,
      ) ?? false
    // Right after another one, there is no replica that they know to be good.
    if (!(await until(asked, { timeoutMs: FAIL_OVER_MS, everyMs: 100 })))
      throw new Error(`The sentinels refused to replace the primary for ${FAIL_OVER_MS} ms.`)
    return this.heirOf(primary)
  }

  async caughtUp(): Promise<void> {
    const ready = async (): Promise<boolean> => {
      const roles = await Promise.all(this.servers.map(rolesOf))
      const replicas = roles.filter((info) => info.get("role") === "slave")
      const offsetAt = (port: string | undefined): string | undefined =>
        roles[this.servers.findIndex((each) => String(each.port) === port)]?.get("master_repl_offset")
      const isCaughtUp = replicas.every(
        (info) =>
          info.get("master_link_status") === "up" &&
          info.get("slave_repl_offset") === offsetAt(info.get("master_port")),
      )
      return replicas.length > 0 && isCaughtUp
    }
    if (await until(ready, { timeoutMs: FORMED_MS, everyMs: 10 })) return
    throw new Error(`The replicas did not catch up within ${FORMED_MS} ms.`)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((each) => each.stop()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #agreed(fits: (named: RedisProcess) => boolean, what: string): Promise<RedisProcess> {
    const agreed = async (): Promise<RedisProcess | undefined> => {
      const named = new Set(await Promise.all(this.sentinels.map((each) => this.#namedBy(each))))
      named.delete(undefined)
      const server = this.servers.find(({ port }) => named.size === 1 && named.has(port))
      if (server === undefined || !fits(server)) return undefined
      return (await rolesOf(server)).get("role") === "master" ? server : undefined
    }
    const found = await until(agreed, { timeoutMs: FAIL_OVER_MS, everyMs: 20 })
    if (found !== undefined) return found
    throw new Error(`The sentinels did not ${what} within ${FAIL_OVER_MS} ms.`)
  }

  /** The port that a sentinel tells clients; undefined when it does not answer. */
  async #namedBy(sentinel: RedisProcess): Promise<number | undefined> {
    const reply = await sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.name).catch(() => undefined)
    return Array.isArray(reply) ? Number(reply[1]) : undefined
  }

  async #knowsAll(sentinel: RedisProcess): Promise<boolean> {
    const reply = await sentinel.command("SENTINEL", "MASTER", this.name)
    const texts = Array.isArray(reply) ? reply.map(String) : []
    const count = (field: string): number => Number(texts[texts.indexOf(field) + 1])
    return count("num-other-sentinels") === this.sentinels.length - 1 && count("num-slaves") === this.servers.length - 1
  }
}

async function rolesOf(server: RedisProcess): Promise<ReadonlyMap<string, string>> {
  return fieldsOf(server, "INFO", "replication").catch(() => new Map())
}
