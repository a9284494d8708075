/** A prepared statement: the server parses and plans it once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Where statements run. */
export interface Queries {
  /** Runs one statement. An aborted signal keeps it from being sent. */
  query<Row>(statement: Statement, values?: readonly unknown[], signal?: AbortSignal): Promise<Row[]>
}

/** The source of everything the shop sells: PostgreSQL, reached over the network or in a worker thread. */
export interface Database extends Queries {
  /** Such as "PostgreSQL 18.4". */
  readonly version: string
  /**
   * Runs statements in one transaction and commits, or rolls back if `work` throws; a `query` outside has a transaction of its own.
   *
   * @param work called once the server has begun the transaction
   * @param timeoutMs after which the server ends it by itself, whatever becomes of this process
   */
  transaction<T>(work: (queries: Queries) => Promise<T>, timeoutMs: number): Promise<T>
  /** Runs several statements without values, for set-up. */
  script(text: string): Promise<void>
  close(): Promise<void>
}
