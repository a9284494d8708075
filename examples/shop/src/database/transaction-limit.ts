/** The first PostgreSQL that bounds a whole transaction by one setting. */
const sinceMajor = 17

/**
 * The statement with which a transaction is bounded right after its BEGIN.
 *
 * Before PostgreSQL 17 each statement and each wait between two is bounded instead: a transaction of one statement and its COMMIT has
 * four of these.
 *
 * @param major of the server's version
 */
export function transactionLimit(major: number, timeoutMs: number): string {
  if (major >= sinceMajor) return `set local transaction_timeout = ${timeoutMs}`
  const partMs = Math.floor(timeoutMs / 4)
  return `set local statement_timeout = ${partMs}; set local idle_in_transaction_session_timeout = ${partMs}`
}
