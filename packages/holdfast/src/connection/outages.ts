/** Tells one time in which a server does not serve from every other. Compared by identity. */
export type Outage = object

/** Whether one server serves at present, as the latest of its commands has shown. */
export class Outages {
  #current: Outage | undefined

  /** The outage that lasts, since a command failed and none has been answered after it; undefined: there is none. */
  get outage(): Outage | undefined {
    return this.#current
  }

  /** A command was not served: there was no connection, no answer in time, or a server that cannot serve anybody. */
  failed(): void {
    this.#current ??= {}
  }

  /** The server has answered, or has been connected to anew. */
  served(): void {
    this.#current = undefined
  }
}
