import type { NodeAddress } from "../../contracts/redis-client.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import { SubscriberLink } from "../subscriber-link.ts"

/** Where a sentinel tells that another server is the primary now, as "name old-host old-port new-host new-port". */
const channel = "+switch-master"

/**
 * Hears from each sentinel when the primary is replaced. The old one may live on: asked to replace a primary that is well, sentinels
 * leave it a primary for about ten seconds more, and what it is told in that time is lost.
 */
export class SwitchWatch {
  readonly #closing = new AbortController()
  readonly #links: readonly SubscriberLink[]

  /** @param switched told where the primary is now; by every sentinel */
  constructor(name: string, settings: ConnectionSettings, switched: (to: NodeAddress) => void) {
    const { signal } = this.#closing
    this.#links = settings.client.seeds.map(
      (seed) => new SubscriberLink({ ...settings, node: seed, target: seed, signal }),
    )
    for (const link of this.#links) {
      link.subscribe(channel, (message) => {
        const [whose, , , host, port] = message.toString().split(" ")
        if (whose === name && host !== undefined) switched({ host, port: Number(port) })
      })
    }
  }

  close(): void {
    this.#closing.abort()
    for (const link of this.#links) link.close()
  }
}
