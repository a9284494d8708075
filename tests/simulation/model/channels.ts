import type { OpenSession } from "./model-session.ts"

/** Who listens to what on one server. */
export class Channels {
  readonly #listeners = new Map<string, Set<OpenSession>>()

  add(session: OpenSession, channel: string): void {
    session.channels.add(channel)
    const listeners = this.#listeners.get(channel)
    if (listeners === undefined) this.#listeners.set(channel, new Set([session]))
    else listeners.add(session)
  }

  remove(session: OpenSession, channel: string): void {
    session.channels.delete(channel)
    const listeners = this.#listeners.get(channel)
    if (listeners?.delete(session) === true && listeners.size === 0) this.#listeners.delete(channel)
  }

  /** How many heard it. */
  publish(channel: string, message: string): number {
    const listeners = this.#listeners.get(channel)
    if (listeners === undefined) return 0
    for (const { peer } of listeners) peer.push(channel, message)
    return listeners.size
  }

  clear(): void {
    this.#listeners.clear()
  }
}
