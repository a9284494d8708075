import { once } from "node:events"
import { Worker } from "node:worker_threads"
import type { DriverReport, DriverRun, DriverSettings, IntervalFigures, RunFigures } from "./driver-messages.ts"

/** The load driver, in a thread of its own. It remembers what was acknowledged from one run to the next. */
export interface Driver {
  /** Runs one stretch of load. */
  run(run: DriverRun, onInterval?: (figures: IntervalFigures) => void): Promise<RunFigures>
  close(): Promise<void>
}

/** Starts the thread. */
export async function startDriver(settings: DriverSettings): Promise<Driver> {
  const worker = new Worker(new URL("./driver-worker.js", import.meta.url), {
    workerData: settings,
  })
  await once(worker, "online")
  return {
    run: (run, onInterval) =>
      new Promise((resolve, reject) => {
        const hear = (report: DriverReport): void => {
          if (report.is === "interval") return onInterval?.(report.figures)
          stop()
          resolve(report.figures)
        }
        const fail = (error: unknown): void => {
          stop()
          reject(error instanceof Error ? error : new Error("The load driver has ended."))
        }
        const stop = (): void => void worker.off("message", hear).off("error", fail).off("exit", fail)
        worker.on("message", hear).on("error", fail).on("exit", fail)
        worker.postMessage(run)
      }),
    async close() {
      await worker.terminate()
    },
  }
}
