import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeExit, startChild } from "./child.ts"
import type { Child } from "./child.ts"
import { findRedis } from "./find-redis.ts"
import type { RedisBinary } from "./find-redis.ts"
import { freePort } from "./free-port.ts"
import { startOrphanGuard } from "./orphan-guard.ts"
import type { OrphanGuard } from "./orphan-guard.ts"
import { redisCommand } from "./redis-command.ts"
import { replyToText } from "./resp.ts"
import type { RespArgument, RespReply } from "./resp.ts"
import { ServerStartError } from "./server-start-error.ts"
import { until } from "./until.ts"

const HOST = "127.0.0.1"
const SENTINEL_CONF = "sentinel.conf"
const PORT_ATTEMPTS = 5
const READY_MS = 15_000
const COMMAND_MS = 5000

/** How a Redis server is started. Everything has a default. */
export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Such as "16mb". Default: no limit. */
  readonly maxmemory?: string
  /** `maxmemory-policy`. Default: the server's own, noeviction. */
  readonly policy?: string
  readonly password?: string
  /** More settings, such as ["--maxclients", "20"]. */
  readonly extraArgs?: readonly string[]
  /** Default: what `findRedis` finds. */
  readonly binary?: RedisBinary
  /** Also listen on a Unix socket: see `socketPath`. Default false. */
  readonly unixSocket?: boolean
  /** Start it as a node of a cluster, with a free bus port: see `busPort`. Default false. */
  readonly cluster?: boolean
  /** Start it as a sentinel, with these lines of configuration, to which it adds its own. Default: it is none. */
  readonly sentinel?: readonly string[]
  /** Also listen with TLS: see `tlsPort`. Default: without. */
  readonly tls?: ServerTls
}

/** Paths of files in the PEM format. */
export interface ServerTls {
  /** Of the authority that signed what other servers and clients present. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A private Redis server without persistence. */
export interface RedisProcess extends AsyncDisposable {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly password: string | undefined
  readonly socketPath: string | undefined
  /** Where other nodes of its cluster reach it. */
  readonly busPort: number | undefined
  readonly tlsPort: number | undefined
  readonly binary: RedisBinary
  /** Of the process that runs now: another one after `restart`. */
  readonly pid: number
  /** Stops it as if it hung: connections stay open, nothing answers. */
  freeze(): void
  /** Lets it go on after `freeze`. */
  thaw(): void
  /** Ends it at once, frozen or not, and waits until it is gone. */
  kill(): Promise<void>
  /** Kills it if it runs and starts it again, empty, on the same port with the same settings. */
  restart(options?: { readonly empty: true }): Promise<void>
  /** Waits until it answers; rejects after `timeoutMs`, default 15 seconds. */
  waitReady(timeoutMs?: number): Promise<void>
  /** Sends one command over a connection of its own; rejects on an error reply, and after 5 seconds. */
  command(...args: readonly RespArgument[]): Promise<RespReply<string>>
  /** Like `command`, with strings as bytes. */
  commandBytes(...args: readonly RespArgument[]): Promise<RespReply<Buffer>>
  /** Ends it and removes all it left. */
  stop(): Promise<void>
}

/** Starts a private Redis server and waits until it answers. Throws ServerStartError. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisProcess> {
  const binary = options.binary ?? findRedis()
  if (binary === undefined) {
    throw new ServerStartError(
      "No redis-server found. Install Redis or Valkey (Debian: redis-tools or redis-server), or set HOLDFAST_REDIS_SERVER.",
    )
  }
  const dir = mkdtempSync(join(tmpdir(), "holdfast-redis-"))
  const guard = startOrphanGuard({ signal: "KILL", removeDir: dir })
  try {
    if (options.sentinel !== undefined) writeFileSync(join(dir, SENTINEL_CONF), options.sentinel.join("\n"))
    return await startOnSomePort({ ...options, binary, dir, guard })
  } catch (error) {
    guard.release()
    throw error
  }
}

interface Setup extends RedisOptions {
  readonly binary: RedisBinary
  readonly dir: string
  readonly guard: OrphanGuard
}

async function startOnSomePort(setup: Setup): Promise<RedisProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = setup.port ?? (await freePort())
    const busPort = setup.cluster === true ? await freeBusPort(port, setup) : undefined
    const tlsPort = setup.tls === undefined ? undefined : await freePort()
    const server = new RedisServer(setup, { port, busPort, tlsPort })
    try {
      await server.launch()
      return server
    } catch (error) {
      await server.kill()
      const again = error instanceof ServerStartError && error.portTaken && setup.port === undefined
      if (!again || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

/** Redis before 7.0 has no setting for the bus port: it lies 10000 above the other. */
function freeBusPort(port: number, { binary }: Setup): number | Promise<number> {
  return hasBusPortSetting(binary) ? freePort() : port + 10_000
}

function hasBusPortSetting({ engine, version }: RedisBinary): boolean {
  return engine === "valkey" || Number.parseInt(version, 10) >= 7
}

class RedisServer implements RedisProcess {
  readonly host: string = HOST
  readonly port: number
  readonly busPort: number | undefined
  readonly tlsPort: number | undefined
  readonly #setup: Setup
  #child: Child | undefined

  constructor(setup: Setup, { port, busPort, tlsPort }: Pick<RedisProcess, "port" | "busPort" | "tlsPort">) {
    this.#setup = setup
    this.port = port
    this.busPort = busPort
    this.tlsPort = tlsPort
  }

  get url(): string {
    const user = this.password === undefined ? "" : `:${encodeURIComponent(this.password)}@`
    return `redis://${user}${this.host}:${this.port}`
  }

  get password(): string | undefined {
    return this.#setup.password
  }

  get socketPath(): string | undefined {
    return this.#setup.unixSocket === true ? join(this.#setup.dir, "redis.sock") : undefined
  }

  get binary(): RedisBinary {
    return this.#setup.binary
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  freeze(): void {
    this.#child?.signal("SIGSTOP")
  }

  thaw(): void {
    this.#child?.signal("SIGCONT")
  }

  async kill(): Promise<void> {
    await this.#child?.end("SIGKILL")
  }

  async restart(): Promise<void> {
    await this.kill()
    await this.launch()
  }

  async launch(): Promise<void> {
    const { binary, dir, guard } = this.#setup
    const log = openSync(this.#logPath, "w")
    try {
      const argv0 = binary.argv0 === undefined ? {} : { argv0: binary.argv0 }
      const stdio = ["ignore", log, log] as const
      this.#child = await startChild(binary.path, this.#args(), { ...argv0, cwd: dir, stdio: [...stdio], guard })
    } catch (cause) {
      throw new ServerStartError(`Could not run ${binary.path}.`, { cause })
    } finally {
      closeSync(log)
    }
    await this.waitReady()
  }

  async waitReady(timeoutMs: number = READY_MS): Promise<void> {
    const child = this.#child
    const ready = await until(() => this.#answers(child), { timeoutMs })
    if (ready === undefined) {
      throw new ServerStartError(`Redis on port ${this.port} was not ready within ${timeoutMs} ms.`, {
        log: readFileSync(this.#logPath, "utf8"),
      })
    }
  }

  // Asks for the process id, not for a PONG: when two servers were given the same port, the one
  // that lost must not take the other's answer for its own.
  async #answers(child: Child | undefined): Promise<boolean> {
    const exit = child?.exit()
    if (child === undefined || exit !== undefined) {
      throw new ServerStartError(
        `Redis on port ${this.port} has ended${exit === undefined ? "" : ` with ${describeExit(exit)}`}.`,
        { log: readFileSync(this.#logPath, "utf8") },
      )
    }
    try {
      const info = await redisCommand(this, ["INFO", "server"], 500)
      return new RegExp(`^process_id:${child.pid}\\r?$`, "m").test(String(info))
    } catch {
      return false
    }
  }

  async command(...args: readonly RespArgument[]): Promise<RespReply<string>> {
    return replyToText(await this.commandBytes(...args))
  }

  commandBytes(...args: readonly RespArgument[]): Promise<RespReply<Buffer>> {
    return redisCommand(this, args, COMMAND_MS)
  }

  async stop(): Promise<void> {
    await this.kill()
    this.#setup.guard.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  get #logPath(): string {
    return join(this.#setup.dir, "redis.log")
  }

  #args(): string[] {
    const { maxmemory, policy, password, extraArgs = [], dir, binary, sentinel, tls } = this.#setup
    const args = sentinel === undefined ? [] : [join(dir, SENTINEL_CONF), "--sentinel"]
    args.push("--port", String(this.port), "--bind", HOST, "--dir", dir)
    if (tls !== undefined) args.push(...tlsArgs(tls, this.tlsPort, this.busPort !== undefined))
    args.push("--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning")
    if (maxmemory !== undefined) args.push("--maxmemory", maxmemory)
    if (policy !== undefined) args.push("--maxmemory-policy", policy)
    if (password !== undefined) args.push("--requirepass", password)
    if (this.socketPath !== undefined) args.push("--unixsocket", this.socketPath)
    if (this.busPort !== undefined) args.push("--cluster-enabled", "yes")
    if (this.busPort !== undefined && hasBusPortSetting(binary)) args.push("--cluster-port", String(this.busPort))
    return [...args, ...extraArgs]
  }
}

function tlsArgs({ ca, cert, key }: ServerTls, port: number | undefined, inCluster: boolean): readonly string[] {
  const files = ["--tls-ca-cert-file", ca, "--tls-cert-file", cert, "--tls-key-file", key]
  return [
    "--tls-port",
    String(port),
    "--tls-auth-clients",
    "no",
    ...files,
    ...(inCluster ? ["--tls-cluster", "yes"] : []),
  ]
}
