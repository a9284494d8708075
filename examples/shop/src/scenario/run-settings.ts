import { availableParallelism, cpus, totalmem } from "node:os"
import { catalogueSize } from "../database/catalogue-size.ts"
import type { Flags } from "../flags.ts"
import { mix, zipfExponent } from "../load/mix.ts"
import type { RunSettings } from "../report/run-report.ts"
import { whole } from "../report/text.ts"
import { connections, loadSeed } from "./surroundings.ts"
import type { Surroundings } from "./surroundings.ts"

/** Where and how this run is made, for the report. */
export function runSettings(flags: Flags, { chosenDatabase, store, trace, startedAt }: Surroundings): RunSettings {
  const { database, origin, description } = chosenDatabase
  return {
    startedAt: startedAt.toISOString(),
    environment: {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      database: { version: database.version, origin, description },
      store: { version: store.version, origin: store.origin, description: store.description },
      loadDriverSharesCores: true,
    },
    flags: {
      ...flags,
      rate: flags.rate ?? null,
      store: flags.store ?? null,
      database: flags.database ?? null,
      trace: flags.trace ?? null,
    },
    data: catalogueSize,
    load: {
      mix,
      keys:
        trace === undefined
          ? `Zipf ${zipfExponent}`
          : `product keys from a trace of ${whole(trace.ids.length)} accesses, the others Zipf ${zipfExponent}`,
      connections,
      seed: loadSeed,
    },
  }
}
