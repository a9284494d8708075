import type { Keyspace } from "./keyspace.ts"
import type { OpenSession } from "./model-session.ts"

/** Where a session that speaks RESP2 hears of tracked keys. */
const trackingChannel = "__redis__:invalidate"

/** Tells those who track keys, at the end of each turn of the server, which were written to or have gone, each once. */
export class TrackedKeys {
  readonly #sessions = new Set<OpenSession>()
  readonly #touched = new Set<string>()

  /** Whoever tracks is told by its own session, once that has subscribed. */
  track(session: OpenSession, prefix: string | undefined): void {
    session.trackedPrefix = prefix
    if (prefix === undefined) this.#sessions.delete(session)
    else this.#sessions.add(session)
  }

  watch(data: Keyspace): void {
    data.onTouched = (key) => void (this.#sessions.size > 0 && this.#touched.add(key))
  }

  tell(): void {
    if (this.#touched.size === 0) return
    const touched = [...this.#touched]
    this.#touched.clear()
    for (const session of this.#sessions) {
      const keys = touched.filter((key) => key.startsWith(session.trackedPrefix ?? ""))
      if (keys.length > 0 && session.channels.has(trackingChannel)) session.peer.tracked?.(keys)
    }
  }

  flushed(): void {
    this.#touched.clear()
    for (const { channels, peer } of this.#sessions) if (channels.has(trackingChannel)) peer.tracked?.(undefined)
  }

  clear(): void {
    this.#sessions.clear()
    this.#touched.clear()
  }
}
