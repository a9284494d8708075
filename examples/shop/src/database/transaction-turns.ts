/** Keeps everybody else from a connection while a transaction is open on it. */
export class TransactionTurns {
  #open: Promise<unknown> | undefined

  /** Sends a statement that belongs to no transaction, when none is open. */
  async outside<T>(send: () => Promise<T>): Promise<T> {
    while (this.#open !== undefined) await this.#open
    return send()
  }

  /** Runs a transaction, when no other is open. */
  async take<T>(transaction: () => Promise<T>): Promise<T> {
    while (this.#open !== undefined) await this.#open
    const running = transaction()
    const end = (): void => void (this.#open = undefined)
    this.#open = running.then(end, end)
    return running
  }
}
