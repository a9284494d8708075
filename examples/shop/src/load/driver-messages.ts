import type { ReadCount, StaleRead } from "./oracle.ts"
import type { TallyFigures } from "./tally.ts"

/** What a driver is started with. */
export interface DriverSettings {
  readonly seed: number
  /** Requests under way at once, each on a connection of its own. */
  readonly connections: number
  /** Product ids of a recorded trace, in shared memory. */
  readonly trace: Uint32Array | undefined
  /** Of a `CommitBoard`, in shared memory. */
  readonly commits: Int32Array
}

/** One stretch of load. */
export interface DriverRun {
  /** Starts the stream of requests anew, so that two phases face the same one; else it goes on where it was. */
  readonly fresh: boolean
  readonly url: string
  readonly seconds: number
  /** Requests per second; undefined: as fast as answers come. */
  readonly ratePerSecond: number | undefined
  /** How often an `interval` is reported. */
  readonly intervalMs: number
}

/** What the oracle saw: of reads of leased caches, and apart from them of strict ones. */
export interface OracleFigures extends ReadCount {
  readonly strict: ReadCount
  /** The first few, to look into. */
  readonly staleExamples: readonly StaleRead[]
}

/** Figures of a part of a run. */
export interface IntervalFigures extends TallyFigures {
  readonly elapsedMs: number
}

/** Figures of a whole run. */
export interface RunFigures extends TallyFigures, OracleFigures {
  /** From the first request to the last answer. */
  readonly elapsedMs: number
}

/** What the driver's thread says. */
export type DriverReport =
  | { readonly is: "interval"; readonly figures: IntervalFigures }
  | { readonly is: "done"; readonly figures: RunFigures }
