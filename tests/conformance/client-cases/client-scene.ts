import { startProxy, until, type RedisProcess, type TcpProxy } from "@holdfast/servers"
import { systemRandom } from "holdfast/testing"
import type {
  HoldfastError,
  LinkRequest,
  NodeAddress,
  RedisArgument,
  RedisClient,
  RedisLink,
  RedisReply,
} from "holdfast/testing"

/** A client under test. */
export interface ClientSubject {
  readonly topology: "standalone" | "cluster"
  /** A server that it is used with; of a cluster, the one that has slot 0. */
  readonly server: RedisProcess
  /** The client as made by a user whose only address is this one. */
  create(url: string): RedisClient
}

/** One case: a promise of the port and the proof of it. */
export interface ClientCase {
  /** Names it where a client's limits are listed. */
  readonly id: string
  readonly name: string
  /** Where it applies; default everywhere. */
  readonly topology?: ClientSubject["topology"]
  readonly run: (scene: ClientScene) => Promise<void>
}

/** What a case may choose; the rest is as Holdfast itself asks. */
export interface Connecting extends Partial<Pick<LinkRequest, "purpose" | "connectTimeoutMs" | "signal">> {
  readonly url?: string
}

/** The subject of one case, and everything the case opens, which ends with it. */
export class ClientScene {
  readonly subject: ClientSubject
  readonly server: RedisProcess
  readonly #ends: (() => unknown)[] = []

  constructor(subject: ClientSubject) {
    this.subject = subject
    this.server = subject.server
  }

  /** A key that nobody else uses, in slot 0. */
  key(): string {
    return `{06S}:${systemRandom.token()}`
  }

  async connect({ url = this.server.url, ...chosen }: Connecting = {}): Promise<OpenLink> {
    const closings: (Error | undefined)[] = []
    const onClose = (reason: Error | undefined): void => void closings.push(reason)
    const defaults = { node: this.#nodeAt(url), purpose: "data", connectTimeoutMs: 20_000 } as const
    const link = await this.subject.create(url).connect({ ...defaults, ...chosen, onClose })
    this.#ends.push(() => link.destroy())
    return new OpenLink(link, closings)
  }

  /** The error of an attempt to connect that must fail. */
  async failure(chosen: Connecting): Promise<HoldfastError> {
    const opened = await this.connect(chosen).catch((error: unknown) => error as HoldfastError)
    if (opened instanceof OpenLink) throw new Error("Connecting succeeded.")
    return opened
  }

  /** A proxy before the server, with the URL that leads through it. */
  async proxy(): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const proxy = await startProxy(this.server.port)
    this.#ends.push(() => proxy.stop())
    return { proxy, url: `redis://${proxy.host}:${proxy.port}` }
  }

  /** The URL of a user of its own, who may do what these rules allow. */
  async user(...rules: readonly string[]): Promise<{ readonly name: string; readonly url: string }> {
    const name = `user-${systemRandom.token()}`
    await this.server.command("ACL", "SETUSER", name, "on", ">secret:p@ss", ...rules)
    this.#ends.push(() => this.server.command("ACL", "DELUSER", name))
    return { name, url: this.server.url.replace("//", `//${name}:${encodeURIComponent("secret:p@ss")}@`) }
  }

  async close(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end()
  }

  /** A client for a single server knows where to go, a cluster's is told. */
  #nodeAt(url: string): NodeAddress | undefined {
    const { hostname, port } = new URL(url)
    return this.subject.topology === "cluster" ? { host: hostname, port: Number(port) } : undefined
  }
}

/** What became of a command. */
export type Outcome = RedisReply | HoldfastError

/** A link, and what it reported. */
export class OpenLink {
  readonly link: RedisLink
  /** The reasons given to `onClose`: at most one. */
  readonly closings: readonly (Error | undefined)[]

  constructor(link: RedisLink, closings: readonly (Error | undefined)[]) {
    this.link = link
    this.closings = closings
  }

  /** The reply, or the error. Never rejects. */
  send(...args: readonly RedisArgument[]): Promise<Outcome> {
    return new Promise((resolve) => this.link.send(args, { answered: resolve, refused: resolve }))
  }

  /** The outcome as text: the reply, or code and word of the error. */
  async text(...args: readonly RedisArgument[]): Promise<string> {
    const outcome = await this.send(...args)
    if (!isError(outcome)) return String(outcome)
    return `${outcome.code} ${String(outcome.facts["reply"] ?? "")}`.trimEnd()
  }

  async closed(): Promise<void> {
    await happens(() => this.closings.length > 0)
  }
}

export function isError(outcome: unknown): outcome is HoldfastError {
  return outcome instanceof Error
}

/** Waits for what comes by itself; fails after 20 seconds. */
export async function happens(ask: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await until(ask, { timeoutMs: 20_000 }))) throw new Error(`It did not happen within 20 s: ${ask.toString()}`)
}
