import { isMainThread, parentPort, workerData } from "node:worker_threads"
import { runBatch, type BatchOptions } from "./batch.ts"

export { runBatch, type BatchOptions, type BatchReport } from "./batch.ts"
export { CoverageTable } from "./tally/coverage-table.ts"
export { faultClasses } from "./faults/fault-classes.ts"
export { mixes, mixNamed } from "./faults/mixes.ts"
export { mutants } from "./mutants/mutants.ts"
export { runHistory } from "./run-history.ts"
export { shrink } from "./shrink.ts"
export { tellStory } from "./story/story.ts"

// Where this is the code of a worker thread, it runs its share and says what became of it.
Error.stackTraceLimit = isMainThread ? 10 : 0
const port = parentPort
if (port !== null && (workerData as { simulation?: BatchOptions } | null)?.simulation !== undefined) {
  const { simulation } = workerData as { simulation: BatchOptions }
  let isStopped = false
  port.on("message", () => {
    isStopped = true
  })
  const done = await runBatch(
    simulation,
    (report) => port.postMessage({ is: "progress", report }),
    () => isStopped,
  )
  port.postMessage({ is: "done", report: done })
  port.close()
}
