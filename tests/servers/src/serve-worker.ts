import { packError } from "./worker-messages.ts"
import type { FromWorker, ToWorker, WorkerHandlers } from "./worker-messages.ts"

/** What a worker does. */
export interface ServeWorkerOptions {
  readonly handlers: WorkerHandlers
  /** Runs before the worker ends by `stop`: close clients here. */
  readonly onStop?: () => void | Promise<void>
}

/** Serves the calls of the process that started this one with `spawnWorker`. Called once, at the end of the file. */
export function serveWorker(options: ServeWorkerOptions): void {
  process.on("message", (message) => {
    const request = message as ToWorker
    if (request.is === "call") void answer(options.handlers, request)
    else void end(options)
  })
  // The parent is gone.
  process.on("disconnect", () => process.exit(0))
  send({ is: "ready" })
}

async function answer(handlers: WorkerHandlers, call: Extract<ToWorker, { is: "call" }>): Promise<void> {
  try {
    const handler = handlers[call.name] as ((...args: readonly unknown[]) => unknown) | undefined
    if (handler === undefined) throw new Error(`This worker has no handler named "${call.name}".`)
    send({ is: "result", id: call.id, value: await handler(...call.args) })
  } catch (error) {
    send({ is: "failure", id: call.id, error: packError(error) })
  }
}

async function end(options: ServeWorkerOptions): Promise<void> {
  try {
    await options.onStop?.()
    process.exit(0)
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

function send(message: FromWorker): void {
  if (process.send === undefined) throw new Error("Not started by spawnWorker: there is nobody to serve.")
  // A parent that is gone hears nothing: "disconnect" ends this process.
  if (process.connected) process.send(message, () => {})
}
