/** Longest wait, in milliseconds, for what is still being opened when everything is closed. */
const OPENING_MS = 10_000

/** Things to close, the last opened first. */
export class Resources {
  readonly #closers: (() => Promise<unknown>)[] = []
  readonly #opening = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /**
   * Waits for something to open, and closes it when everything is closed. What opens after that is closed at once, and
   * `own` rejects.
   */
  async own<T>(opening: Promise<T>, close: (thing: T) => Promise<unknown>): Promise<T> {
    const owning = this.#own(opening, close)
    this.#opening.add(owning)
    try {
      return await owning
    } finally {
      this.#opening.delete(owning)
    }
  }

  /** Closes everything, also what is being opened. What fails to close keeps nothing else open. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #own<T>(opening: Promise<T>, close: (thing: T) => Promise<unknown>): Promise<T> {
    const thing = await opening
    if (this.#closing === undefined) {
      this.#closers.push(() => close(thing))
      return thing
    }
    await close(thing).catch(() => {})
    throw new Error("The shop is being closed.")
  }

  async #closeAll(): Promise<void> {
    for (const close of this.#closers.reverse()) await close().catch(() => {})
    const late = new Promise((resolve) => setTimeout(resolve, OPENING_MS).unref())
    await Promise.race([Promise.allSettled(this.#opening), late])
  }
}
