/** A prepared statement: the server parses and plans it once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** The source of everything the shop sells: PostgreSQL, reached over the network or in a worker thread. */
export interface Database {
  /** Such as "PostgreSQL 18.4". */
  readonly version: string
  /** Runs one statement in a transaction of its own. An aborted signal keeps it from being sent. */
  query<Row>(statement: Statement, values?: readonly unknown[], signal?: AbortSignal): Promise<Row[]>
  /** Runs several statements without values, for set-up. */
  script(text: string): Promise<void>
  close(): Promise<void>
}
