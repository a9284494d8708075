import { spawnWorker, type WorkerProcess } from "@holdfast/servers"
import type { LosingHandlers, LosingSetup } from "./losing-worker.ts"

/** Starts a process that changes rows where caches are cleared after a loss, and that is to be killed before it. */
export function startLosingProcess(setup: LosingSetup): Promise<WorkerProcess<LosingHandlers>> {
  return spawnWorker<LosingHandlers>(new URL("losing-worker.ts", import.meta.url), { args: [JSON.stringify(setup)] })
}
