/** Things to close, the last opened first. */
export class Resources {
  readonly #closers: (() => Promise<unknown>)[] = []
  #closing: Promise<void> | undefined

  /** Closes this when everything is closed: at once if that has already begun. */
  async own<T>(thing: T, close: (thing: T) => Promise<unknown>): Promise<T> {
    if (this.#closing === undefined) {
      this.#closers.push(() => close(thing))
      return thing
    }
    await close(thing).catch(() => {})
    throw new Error("The shop is being closed.")
  }

  /** Closes everything. What fails to close keeps nothing else open. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    for (const close of this.#closers.reverse()) await close().catch(() => {})
  }
}
