import { setTimeout as sleep } from "node:timers/promises"

/** What a request is: a write of one row, of several at once, or now and then a write among reads. */
export type Kind = "write" | "many" | "mixed"

/** One thing that is measured: the same work for every candidate. */
export interface Workload {
  readonly id: string
  readonly title: string
  readonly kind: Kind
  /** Requests under way at one time. */
  readonly inFlight: number
  /** Rows that there are. */
  readonly rows: number
  /** How long a change takes in the source, in milliseconds: for so long the window of a row is open. */
  readonly changeMs: number
}

/** Rows that one request of kind `many` changes. */
export const rowsTogether = 20
/** Share of the requests of kind `mixed` that write. */
export const writeShare = 0.05

export const workloads: readonly Workload[] = [
  { id: "write-1", title: "a write of one row, 1 in flight", kind: "write", inFlight: 1, rows: 5000, changeMs: 0 },
  { id: "write-64", title: "a write of one row, 64 in flight", kind: "write", inFlight: 64, rows: 5000, changeMs: 0 },
  {
    id: "many-4",
    title: `a write of ${rowsTogether} rows at once, 4 in flight`,
    kind: "many",
    inFlight: 4,
    rows: 5000,
    changeMs: 0,
  },
  {
    id: "mixed-64",
    title: "1 write of 2 ms to 19 reads of 100 rows, 64 in flight",
    kind: "mixed",
    inFlight: 64,
    rows: 100,
    changeMs: 2,
  },
]

/** Size of a row as JSON, about. */
const bytes = 200

export interface Row {
  readonly id: number
  readonly version: number
  readonly text: string
}

/** A source in memory, so that what is measured is the cache: it answers at once, and changes a row in the given time. */
export class Source {
  readonly #versions: Uint32Array
  readonly #changeMs: number
  /** Reads of rows so far. */
  loads = 0

  constructor({ rows, changeMs }: Pick<Workload, "rows" | "changeMs">) {
    this.#versions = new Uint32Array(rows)
    this.#changeMs = changeMs
  }

  async load(id: number): Promise<Row> {
    this.loads += 1
    return this.#row(id)
  }

  async update(id: number): Promise<Row> {
    if (this.#changeMs > 0) await sleep(this.#changeMs)
    this.#versions[id] = (this.#versions[id] ?? 0) + 1
    return this.#row(id)
  }

  async updateMany(ids: readonly number[]): Promise<ReadonlyMap<number, Row>> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.update(id)] as const)))
  }

  #row(id: number): Row {
    return { id, version: this.#versions[id] ?? 0, text: "x".repeat(bytes - 40) }
  }
}
