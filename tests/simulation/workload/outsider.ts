import { keySlot } from "../model/key-slot.ts"
import type { Servers } from "../world/servers.ts"
import type { SimServer } from "../world/sim-server.ts"
import type { World } from "../world/world.ts"

interface Parts {
  readonly world: World
  readonly servers: () => Servers
  /** Told of what was removed, and where. */
  readonly removed: (server: SimServer, storeKey: string) => void
}

/** Somebody who works on the store by hand, beside the library. */
export class Outsider {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** DEL, where the key is now. Answers whether there was one. */
  remove(storeKey: string): boolean {
    const { servers, removed, world } = this.#parts
    const { cluster, primaries } = servers()
    const owner = cluster?.ownerOf(keySlot(storeKey))
    const server = primaries.find(({ model }) => owner === undefined || model === owner)
    if (server?.model.evict(storeKey) !== true) return false
    world.tell?.(server.name, `DEL ${storeKey} by hand`)
    removed(server, storeKey)
    return true
  }
}
