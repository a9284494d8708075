import { Worker } from "node:worker_threads"
import type { Database, Queries, Statement } from "./database.ts"
import type { PgliteAnswer, PgliteRequest } from "./pglite-worker.ts"
import { TransactionTurns } from "./transaction-turns.ts"

interface Pending {
  resolve(rows: unknown[]): void
  reject(error: Error): void
}

/**
 * Starts PGlite, a PostgreSQL compiled to WebAssembly, in a worker thread: for machines on which no PostgreSQL server
 * starts. It has one connection, so statements run one after the other.
 */
export async function openPglite(): Promise<Database> {
  const worker = new Worker(new URL("./pglite-worker.js", import.meta.url))
  const run = createRunner(worker)
  try {
    const [row] = (await run({ text: "show server_version" })) as { server_version: string }[]
    const inside: Queries = {
      async query<Row>(statement: Statement, values: readonly unknown[] = [], signal?: AbortSignal): Promise<Row[]> {
        signal?.throwIfAborted()
        return (await run({ text: statement.text, values })) as Row[]
      },
    }
    const turns = new TransactionTurns()
    return {
      version: `PGlite (PostgreSQL ${row?.server_version.split(" ")[0] ?? ""})`,
      query: (statement, values, signal) => turns.outside(() => inside.query(statement, values, signal)),
      // PGlite keeps no time, and needs none: it is stopped with this process, and cannot commit while that is.
      transaction: (work) =>
        turns.take(async () => {
          await run({ text: "begin" })
          try {
            const result = await work(inside)
            await run({ text: "commit" })
            return result
          } catch (error) {
            await run({ text: "rollback" })
            throw error
          }
        }),
      async script(text) {
        await run({ text, script: true })
      },
      async close() {
        await worker.terminate()
      },
    }
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

function createRunner(worker: Worker): (request: Omit<PgliteRequest, "id">) => Promise<unknown[]> {
  const pending = new Map<number, Pending>()
  let last = 0
  let gone: Error | undefined
  const end = (error: Error): void => {
    gone = error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  worker.on("error", end)
  worker.on("exit", () => end(new Error("PGlite has ended.")))
  worker.on("message", (answer: PgliteAnswer) => {
    const waiting = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.error === undefined) waiting?.resolve(answer.rows)
    else waiting?.reject(new Error(answer.error))
  })
  return (request) =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone)
      const id = ++last
      pending.set(id, { resolve, reject })
      worker.postMessage({ ...request, id } satisfies PgliteRequest)
    })
}
