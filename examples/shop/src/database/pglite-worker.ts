import { parentPort } from "node:worker_threads"
import { PGlite } from "@electric-sql/pglite"

/** What the thread is asked. */
export interface PgliteRequest {
  readonly id: number
  readonly text: string
  readonly values?: readonly unknown[]
  /** Several statements without values. */
  readonly script?: boolean
}

/** What it answers. */
export type PgliteAnswer =
  | { readonly id: number; readonly rows: unknown[]; readonly error?: undefined }
  | { readonly id: number; readonly error: string }

const database = await PGlite.create()

parentPort?.on("message", (request: PgliteRequest) => {
  run(request).then(
    (rows) => answer({ id: request.id, rows }),
    (error: unknown) => answer({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
  )
})

async function run({ text, values, script }: PgliteRequest): Promise<unknown[]> {
  if (script !== true) return (await database.query(text, [...(values ?? [])])).rows
  await database.exec(text)
  return []
}

function answer(message: PgliteAnswer): void {
  parentPort?.postMessage(message)
}
