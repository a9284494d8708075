/** One thing that is measured: the same work for every candidate. */
export interface Workload {
  readonly id: string
  readonly title: string
  /** `hit`: every key is stored before. `miss`: no key is read twice. */
  readonly kind: "hit" | "miss"
  /** Requests under way at one time. */
  readonly inFlight: number
  /** Size of a value as JSON, about. */
  readonly bytes: number
  /** The ratio against the hand-written code that is promised. */
  readonly goal: number
}

/** Budgets of the store path; each against the same client, hand-written, in the same run. */
export const workloads: readonly Workload[] = [
  { id: "hit-64", title: "store hit, 200 B, 64 in flight", kind: "hit", inFlight: 64, bytes: 200, goal: 0.95 },
  { id: "hit-512", title: "store hit, 200 B, 512 in flight", kind: "hit", inFlight: 512, bytes: 200, goal: 0.95 },
  { id: "hit-10k", title: "store hit, 10 kB, 64 in flight", kind: "hit", inFlight: 64, bytes: 10_000, goal: 0.95 },
  {
    id: "miss-64",
    title: "miss, load and fill, 200 B, 64 in flight",
    kind: "miss",
    inFlight: 64,
    bytes: 200,
    goal: 0.8,
  },
]

/** Keys of a hit workload: more than are in flight, few enough to stay in the server's memory cache for all candidates alike. */
export const hitKeys = 5_000

export interface Row {
  readonly id: number
  readonly name: string
  readonly tags: readonly string[]
  readonly text: string
}

/** A row whose JSON has about `bytes` characters; built anew for each call, as a database driver would. */
export function rowOf(id: number, bytes: number): Row {
  const row = { id, name: `Product number ${id}`, tags: ["new", "sale", "blue"], text: "" }
  return { ...row, text: "x".repeat(Math.max(0, bytes - JSON.stringify(row).length)) }
}
