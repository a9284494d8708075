/** What every bench is told. */
export interface Settings {
  /** Workloads to measure. */
  readonly workloads: readonly string[]
  readonly rounds: number
  /** Measured time per round. */
  readonly seconds: number
  /** Prints a table as soon as it is complete. */
  print(table: string): void
  /** Shows what is under way; the next call replaces it. */
  progress(what: string): void
}

/** One subject of measurement, with its workloads: `npm run bench -- ID [WORKLOAD...]`. */
export interface Bench {
  readonly id: string
  readonly title: string
  readonly workloads: readonly string[]
  /** Measures the chosen workloads, and answers what is saved in bench/results. */
  run(settings: Settings): Promise<object>
}
