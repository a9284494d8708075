import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)

/** A worker's file, with what Node and the worker are told. */
export interface Worker {
  readonly file: URL
  readonly flags?: readonly string[]
  readonly args: readonly string[]
}

/**
 * Everybody's measurements, one per round: candidates take turns, so that a change of the machine's load meets all of them.
 *
 * @param before runs before each of them
 */
export async function inTurns<M>(
  ids: readonly string[],
  rounds: number,
  worker: (id: string) => Worker,
  progress: (what: string) => void,
  before: () => Promise<unknown> = async () => {},
): Promise<ReadonlyMap<string, readonly M[]>> {
  const results = new Map<string, M[]>(ids.map((id) => [id, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [id, measurements] of results) {
      progress(`round ${round} of ${rounds}, ${id}`)
      await before()
      measurements.push(await apart<M>(worker(id)))
    }
  }
  return results
}

/** What a worker prints, which has a process to itself. */
export async function apart<M>({ file, flags = [], args }: Worker): Promise<M> {
  const { stdout } = await run(process.execPath, [...flags, fileURLToPath(file), ...args])
  return JSON.parse(stdout) as M
}
