/** One connection, as the server sees it. */
export interface ModelSession {
  closed: boolean
  /** Whether the next command may be about a slot that is on its way to this server. */
  asking: boolean
  readonly channels: Set<string>
}

/** Who is at the other end of a session. */
export interface SessionPeer {
  push(channel: string, message: string): void
  /** Tracked keys were written to or have gone; undefined: all have. */
  tracked?(keys: readonly string[] | undefined): void
  /** The server has closed the session. */
  closed(): void
}

/** A session and its peer. */
export class OpenSession implements ModelSession {
  closed = false
  asking = false
  readonly channels = new Set<string>()
  /** What the keys begin with of which it is told. */
  trackedPrefix: string | undefined = undefined
  readonly id: number
  readonly peer: SessionPeer

  constructor(id: number, peer: SessionPeer) {
    this.id = id
    this.peer = peer
  }
}
