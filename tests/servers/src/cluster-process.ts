import { beginMove, type SlotMove } from "./cluster-move.ts"
import { fieldsOf, owns, viewOf, type NodeView } from "./cluster-node.ts"
import { formCluster, isReplicaReady } from "./cluster-formation.ts"
import { startRedis, type RedisOptions, type RedisProcess } from "./redis-process.ts"
import { until } from "./until.ts"

const FAIL_OVER_MS = 20_000
/** A server gives a fail-over that it was asked for up after five seconds, without a word and for good. */
const ATTEMPT_MS = 7000
const FAIL_OVER_ATTEMPTS = 3
// Clients are not told of a replica before its primary has sent it something, be it a PING.
const promptReplicas = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]

/** How a cluster is started: every server like the others. Everything has a default. */
export interface ClusterOptions extends Omit<RedisOptions, "port" | "unixSocket" | "cluster"> {
  /** Servers that share the slots evenly, in their order. Default 3. */
  readonly primaries?: number
  /** Replicas of each primary. Default 0. */
  readonly replicas?: number
  /** `cluster-node-timeout` in milliseconds: after about twice that a dead primary is replaced. Default 5000. */
  readonly nodeTimeoutMs?: number
}

/** Private servers that form a cluster. Each can be frozen, killed and restarted: it keeps its place, without its data. */
export interface RedisCluster extends AsyncDisposable {
  /** All servers: first those that began as primaries, then the replicas of the first, of the second and so on. */
  readonly nodes: readonly RedisProcess[]
  /** Of the servers that began as primaries. */
  readonly urls: readonly string[]
  /** The server that has a slot, or the slot of a key. Rejects if no server that answers has it. */
  ownerOf(slot: number | string): Promise<RedisProcess>
  /** The replicas of a primary that answer. */
  replicasOf(primary: RedisProcess): Promise<readonly RedisProcess[]>
  /** Moves a slot with its keys, while clients go on. */
  moveSlot(slot: number, to: RedisProcess): Promise<void>
  /** Begins to move a slot and leaves it between the two. */
  beginMove(slot: number, to: RedisProcess): Promise<SlotMove>
  /**
   * Makes a replica of this primary take its slots, and returns it once all servers know: with a handshake between
   * the two when the primary answers, else by force.
   */
  failOver(primary: RedisProcess): Promise<RedisProcess>
  /** Ends all servers and removes all they left. */
  stop(): Promise<void>
}

/** Starts servers, forms a cluster and waits until every one of them says that it is complete. Throws ServerStartError. */
export async function startCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicas = 0, nodeTimeoutMs = 5000, extraArgs = [], ...rest } = options
  const auth = rest.password === undefined ? [] : ["--masterauth", rest.password]
  const timing = ["--cluster-node-timeout", String(nodeTimeoutMs), ...promptReplicas]
  const server = { ...rest, cluster: true, extraArgs: [...timing, ...auth, ...extraArgs] }
  const started = await Promise.allSettled(Array.from({ length: primaries * (1 + replicas) }, () => startRedis(server)))
  const nodes = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
  const failed = started.find((each) => each.status === "rejected")
  const cluster = new ServerCluster(nodes, primaries)
  try {
    if (failed !== undefined) throw failed.reason
    await formCluster(nodes, primaries)
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

class ServerCluster implements RedisCluster {
  readonly nodes: readonly RedisProcess[]
  readonly urls: readonly string[]

  constructor(nodes: readonly RedisProcess[], primaries: number) {
    this.nodes = nodes
    this.urls = nodes.slice(0, primaries).map(({ url }) => url)
  }

  async ownerOf(slot: number | string): Promise<RedisProcess> {
    return (await this.#ownerView(slot)).server
  }

  async replicasOf(primary: RedisProcess): Promise<readonly RedisProcess[]> {
    const { id } = await this.#view(primary)
    return (await this.#views()).filter((view) => view.primary === id).map(({ server }) => server)
  }

  async moveSlot(slot: number, to: RedisProcess): Promise<void> {
    const move = await this.beginMove(slot, to)
    await move.finish()
  }

  async beginMove(slot: number, to: RedisProcess): Promise<SlotMove> {
    return beginMove(slot, { from: await this.#ownerView(slot), to: await this.#view(to), nodes: this.nodes })
  }

  async failOver(primary: RedisProcess): Promise<RedisProcess> {
    const alive = await viewOf(primary)
    const id = alive?.id ?? (await this.#idByPort(primary.port))
    const heir = (await this.#views()).find((view) => view.primary === id)?.server
    if (heir === undefined) throw new Error(`The server on port ${primary.port} has no replica that answers.`)
    if (alive !== undefined && !(await until(() => isReplicaReady(heir), { timeoutMs: FAIL_OVER_MS })))
      throw new Error(`The replica on port ${heir.port} did not catch up within ${FAIL_OVER_MS} ms.`)
    const known = async (): Promise<boolean> => {
      const views = await this.#views()
      const isHeir = views.some(({ server, role }) => server === heir && role === "primary")
      const isLeft = views.every(({ server, role }) => server !== primary || role === "replica")
      return isHeir && isLeft && (await this.#isComplete(views))
    }
    for (let attempt = 0; attempt < FAIL_OVER_ATTEMPTS; attempt += 1) {
      const asked = heir.command("CLUSTER", "FAILOVER", ...(alive === undefined ? ["TAKEOVER"] : []))
      // Asked again, it may have become the primary meanwhile, and refuses.
      await (attempt === 0 ? asked : asked.catch(() => undefined))
      if (await until(known, { timeoutMs: ATTEMPT_MS, everyMs: 20 })) return heir
    }
    throw new Error(
      `The replica on port ${heir.port} did not take over in ${FAIL_OVER_ATTEMPTS} attempts of ${ATTEMPT_MS} ms.`,
    )
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #isComplete(views: readonly NodeView[]): Promise<boolean> {
    const infos = await Promise.all(views.map(({ server }) => fieldsOf(server, "CLUSTER", "INFO")))
    return infos.every((info) => info.get("cluster_state") === "ok")
  }

  async #views(): Promise<readonly NodeView[]> {
    const views = await Promise.all(this.nodes.map(viewOf))
    return views.filter((view) => view !== undefined)
  }

  async #view(server: RedisProcess): Promise<NodeView> {
    const view = await viewOf(server)
    if (view === undefined) throw new Error(`The server on port ${server.port} does not answer.`)
    return view
  }

  async #ownerView(slotOrKey: number | string): Promise<NodeView> {
    const views = await this.#views()
    const slot = typeof slotOrKey === "number" ? slotOrKey : await this.#slotOf(slotOrKey, views)
    const [owner] = views.filter((view) => owns(view, slot)).toSorted((a, b) => b.epoch - a.epoch)
    if (owner === undefined) throw new Error(`No server that answers has slot ${slot}.`)
    return owner
  }

  async #slotOf(key: string, views: readonly NodeView[]): Promise<number> {
    return Number(await views[0]?.server.command("CLUSTER", "KEYSLOT", key))
  }

  /** What the others call a server that does not answer. */
  async #idByPort(port: number): Promise<string | undefined> {
    const [witness] = await this.#views()
    const lines = String(await witness?.server.command("CLUSTER", "NODES")).split("\n")
    return lines.find((line) => line.split(" ")[1]?.includes(`:${port}@`))?.split(" ")[0]
  }
}
