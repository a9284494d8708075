import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type { WakeReason } from "../../contracts/store.ts"
import { slotOf } from "../../entry/slot.ts"
import { Waiters } from "../waiters.ts"

const wakeReasons: Readonly<Record<string, WakeReason>> = {
  f: "filled",
  r: "released",
  x: "failed",
  i: "invalidated",
}

/** Those who wait for entries of a namespace, and the channel on which they are woken (`scripts/includes/wake.lua`). */
export class WakeChannel {
  readonly name: string
  /** Ends hearing it. */
  readonly end: () => void
  readonly #waiters = new Waiters()

  constructor(connection: RedisConnection, namespace: string) {
    this.name = `${namespace}:wake`
    this.end = connection.subscribe(this.name, (message, speaksFor) => {
      const reason = wakeReasons[message.toString("latin1", 0, 1)]
      if (reason === undefined) return
      const key = message.toString("utf8", 1)
      // A late copy from another server of a cluster would wake those who wait for what comes after it.
      if (connection.sharesSlots || speaksFor(slotOf(key))) this.#waiters.wake(key, reason)
    })
  }

  /** Returns the end of it. */
  add(key: string, wake: (reason: WakeReason) => void): () => void {
    return this.#waiters.add(key, wake)
  }
}
