import { fileURLToPath } from "node:url"
import { describeExit, startChild } from "./child.ts"
import type { Child, ChildExit } from "./child.ts"
import { startOrphanGuard } from "./orphan-guard.ts"
import type { OrphanGuard } from "./orphan-guard.ts"
import { bundleWorker } from "./worker-bundle.ts"
import { unpackError } from "./worker-messages.ts"
import type { FromWorker, ToWorker, WorkerHandlers } from "./worker-messages.ts"

const READY_MS = 30_000
const STOP_MS = 10_000
const STDERR_CHARS = 8000

/** How a worker is started. */
export interface WorkerOptions {
  /** Command-line arguments of the file. */
  readonly args?: readonly string[]
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Arguments of Node, such as ["--conditions=source"]. */
  readonly nodeArgs?: readonly string[]
}

/** A Node process that runs a TypeScript file and answers calls. */
export interface WorkerProcess<H extends WorkerHandlers = WorkerHandlers> extends AsyncDisposable {
  readonly pid: number
  /** Resolves when it has ended, however. */
  readonly exited: Promise<ChildExit>
  /** Calls a handler; rejects with its error, or when the worker ends before it answered. */
  call<N extends keyof H & string>(name: N, ...args: Parameters<H[N]>): Promise<Awaited<ReturnType<H[N]>>>
  /** Stops the process as if it hung; calls wait. */
  freeze(): void
  /** Lets it go on after `freeze`. */
  thaw(): void
  /** Ends it at once, frozen or not, and waits until it is gone. */
  kill(): Promise<void>
  /** Lets it end by itself; rejects when it had crashed, or fails to end within 10 seconds. */
  stop(): Promise<void>
}

/**
 * Runs a file that calls `serveWorker` in a Node process of its own, and waits until it serves.
 * An unhandled rejection ends the worker, fails its open calls and makes `stop` reject.
 */
export async function spawnWorker<H extends WorkerHandlers = WorkerHandlers>(
  file: URL | string,
  options: WorkerOptions = {},
): Promise<WorkerProcess<H>> {
  const guard = startOrphanGuard({ signal: "KILL" })
  try {
    const path = await bundleWorker(typeof file === "string" ? file : fileURLToPath(file))
    const nodeArgs = ["--enable-source-maps", "--unhandled-rejections=strict", ...(options.nodeArgs ?? [])]
    const child = await startChild(process.execPath, [...nodeArgs, path, ...(options.args ?? [])], {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      serialization: "advanced",
      guard,
    })
    const worker = new NodeWorker<H>(child, guard)
    await worker.ready()
    return worker
  } catch (error) {
    guard.release()
    throw error
  }
}

interface OpenCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

class NodeWorker<H extends WorkerHandlers> implements WorkerProcess<H> {
  readonly #child: Child
  readonly #guard: OrphanGuard
  readonly #calls = new Map<number, OpenCall>()
  readonly #ready: Promise<boolean>
  #lastId = 0
  #stderr = ""
  #ending = false

  constructor(child: Child, guard: OrphanGuard) {
    this.#child = child
    this.#guard = guard
    child.process.stderr?.on("data", (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-STDERR_CHARS)
    })
    this.#ready = new Promise((resolve) => {
      child.process.on("message", (message) => {
        const reply = message as FromWorker
        if (reply.is === "ready") resolve(true)
        else this.#settle(reply)
      })
      // "close" comes after the last of its output: the error can quote it.
      child.process.on("close", () => {
        resolve(false)
        this.#failOpenCalls()
      })
    })
  }

  get pid(): number {
    return this.#child.pid
  }

  get exited(): Promise<ChildExit> {
    return this.#child.exited
  }

  async ready(): Promise<void> {
    const timer = setTimeout(() => this.#child.signal("SIGKILL"), READY_MS)
    const ready = await this.#ready
    clearTimeout(timer)
    if (!ready) throw this.#ended("The worker ended before it served.")
  }

  async call<N extends keyof H & string>(name: N, ...args: Parameters<H[N]>): Promise<Awaited<ReturnType<H[N]>>> {
    if (this.#child.exit() !== undefined) throw this.#ended(`Nobody to call "${name}": the worker has ended.`)
    const id = ++this.#lastId
    const value = await new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject })
      this.#send({ is: "call", id, name, args })
    })
    return value as Awaited<ReturnType<H[N]>>
  }

  freeze(): void {
    this.#child.signal("SIGSTOP")
  }

  thaw(): void {
    this.#child.signal("SIGCONT")
  }

  async kill(): Promise<void> {
    this.#ending = true
    await this.#child.end("SIGKILL")
    this.#guard.release()
  }

  async stop(): Promise<void> {
    const killed = this.#ending
    const early = this.#child.exit() !== undefined
    this.#ending = true
    if (this.#child.exit() === undefined) {
      this.#send({ is: "stop" })
      await this.#child.end("SIGCONT", STOP_MS)
    }
    this.#guard.release()
    const exit = this.#child.exit()
    if (!killed && (early || exit?.code !== 0)) throw this.#ended("The worker did not end well.")
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #send(message: ToWorker): void {
    // Not delivered means that the worker is gone: its end fails the open calls.
    this.#child.process.send(message, () => {})
  }

  #settle(reply: Exclude<FromWorker, { is: "ready" }>): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if (reply.is === "result") call?.resolve(reply.value)
    else call?.reject(unpackError(reply.error))
  }

  #failOpenCalls(): void {
    for (const call of this.#calls.values()) call.reject(this.#ended("The worker ended before it answered."))
    this.#calls.clear()
  }

  #ended(what: string): Error {
    const exit = this.#child.exit()
    const how = exit === undefined ? "" : ` It ended with ${describeExit(exit)}.`
    const said = this.#stderr.trim()
    return new Error(`${what}${how}${said === "" ? "" : `\n${said}`}`)
  }
}
