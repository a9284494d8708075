import type { Workload } from "./workload.ts"

/** A way to read through Redis, ready for one workload. */
export interface Reading {
  /** Reads key number `n` and answers the row's id, so that nothing can be optimised away. */
  read(n: number): Promise<number>
  close(): Promise<void>
}

/** Who is measured. `peer` is the candidate that its ratio is taken against. */
export interface Candidate {
  readonly id: string
  readonly peer: string | undefined
  open(url: string, workload: Workload): Promise<Reading>
}
