import { spawnSync } from "node:child_process"
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describeExit, startChild } from "./child.ts"
import type { Child } from "./child.ts"
import { freePort } from "./free-port.ts"
import { startOrphanGuard } from "./orphan-guard.ts"
import type { OrphanGuard } from "./orphan-guard.ts"
import { preparePostgres } from "./postgres-binaries.ts"
import type { PostgresBinaries } from "./postgres-binaries.ts"
import { ServerStartError } from "./server-start-error.ts"
import { until } from "./until.ts"

const HOST = "127.0.0.1"
const USER = "postgres"
const PORT_ATTEMPTS = 5
const READY_MS = 30_000
const STOP_MS = 5000

/** How a PostgreSQL server is started. Everything has a default. */
export interface PostgresOptions {
  /** Default: a free one. */
  readonly port?: number
  /** More settings, such as { wal_level: "logical" }. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A private PostgreSQL server whose data goes with it. */
export interface PostgresProcess extends AsyncDisposable {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number
  /** Such as "18.4". */
  readonly version: string
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

interface Setup {
  readonly binaries: PostgresBinaries
  readonly dir: string
  readonly guard: OrphanGuard
}

/**
 * Starts a private PostgreSQL server and waits until it accepts connections: user and database
 * `postgres`, no password, not durable (fsync off). Throws ServerStartError.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresProcess> {
  const binaries = preparePostgres()
  const version = readVersion(binaries)
  const dir = mkdtempSync(join(binaries.tempRoot, "holdfast-postgres-data-"))
  const guard = startOrphanGuard({ signal: "QUIT", removeDir: dir })
  try {
    if (binaries.runAs !== undefined) chownSync(dir, binaries.runAs.uid, binaries.runAs.gid)
    const setup = { binaries, dir, guard }
    await createCluster(setup)
    const { child, port } = await startOnSomePort(setup, options)
    return running({ child, port, version, guard })
  } catch (error) {
    guard.release()
    throw error
  }
}

function running(server: { child: Child; port: number; version: string; guard: OrphanGuard }): PostgresProcess {
  const { child, port, version, guard } = server
  const stop = async (): Promise<void> => {
    // Immediate shutdown: the data is thrown away, so it need not be consistent.
    await child.end("SIGQUIT", STOP_MS)
    guard.release()
  }
  const url = `postgres://${USER}@${HOST}:${port}/postgres`
  return { url, host: HOST, port, pid: child.pid, version, stop, [Symbol.asyncDispose]: stop }
}

function readVersion(binaries: PostgresBinaries): string {
  const result = spawnSync(join(binaries.dir, "bin", "postgres"), ["--version"], { encoding: "utf8", timeout: 10_000 })
  const version = /PostgreSQL\) (\S+)/.exec(result.stdout ?? "")?.[1]
  if (version !== undefined) return version
  throw new ServerStartError("PostgreSQL's program does not run on this machine.", {
    log: result.stderr ?? "",
    cause: result.error,
  })
}

async function createCluster(setup: Setup): Promise<void> {
  const args = ["-D", join(setup.dir, "data"), "-U", USER, "-A", "trust", "-E", "UTF8"]
  args.push("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
  args.push("--no-sync", "--no-instructions")
  const { child, readLog } = await run(setup, "initdb", args)
  const exit = await child.exited
  if (exit.code !== 0) {
    throw new ServerStartError(`initdb ended with ${describeExit(exit)}.`, { log: readLog() })
  }
}

async function startOnSomePort(setup: Setup, options: PostgresOptions): Promise<{ child: Child; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    try {
      return { child: await startServer(setup, port, options.settings ?? {}), port }
    } catch (error) {
      const again = error instanceof ServerStartError && error.portTaken && options.port === undefined
      if (!again || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

async function startServer(setup: Setup, port: number, settings: Readonly<Record<string, string>>): Promise<Child> {
  const { child, readLog } = await run(setup, "postgres", serverArgs(setup.dir, port, settings))
  const failed = async (what: string): Promise<never> => {
    await child.end("SIGQUIT", STOP_MS)
    throw new ServerStartError(`PostgreSQL on port ${port} ${what}.`, { log: readLog() })
  }
  const ready = await until(() => child.exit() !== undefined || isReady(setup.dir, child.pid), {
    timeoutMs: READY_MS,
  })
  const exit = child.exit()
  if (exit !== undefined) return failed(`ended with ${describeExit(exit)}`)
  return ready === true ? child : failed(`was not ready within ${READY_MS} ms`)
}

function serverArgs(dir: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const all: Record<string, string> = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: "",
    max_connections: "50",
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    // Inside the data folder: nothing is left in the system's shared memory.
    dynamic_shared_memory_type: "mmap",
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  return ["-D", join(dir, "data"), ...flags]
}

// The server writes its process id on line 1, and "ready" on line 8 once it accepts connections.
function isReady(dir: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dir, "data", "postmaster.pid"), "utf8").split("\n")
    return lines[0] === String(pid) && lines[7]?.trim() === "ready"
  } catch {
    return false
  }
}

async function run(
  setup: Setup,
  program: string,
  args: readonly string[],
): Promise<{ child: Child; readLog: () => string }> {
  const { binaries, dir, guard } = setup
  const logPath = join(dir, `${program}.log`)
  const log = openSync(logPath, "w")
  try {
    const child = await startChild(join(binaries.dir, "bin", program), args, {
      ...binaries.runAs,
      cwd: dir,
      // Without the caller's PG* variables, which would override settings.
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", log, log],
      guard,
    })
    return { child, readLog: () => readFileSync(logPath, "utf8") }
  } catch (cause) {
    throw new ServerStartError(`Could not run PostgreSQL's ${program}.`, { cause })
  } finally {
    closeSync(log)
  }
}
