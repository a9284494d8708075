import type { RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { slotOf } from "../entry/slot.ts"

const slots = 16_384

/** How to reach one server: a slot that it owns, and a hash tag that lies in it. */
export interface ServerPlace {
  readonly at: number
  readonly tag: string
}

/** Where to write what is meant for one server and no other, whatever the keys of the namespace are. */
export class ServerPlaces {
  readonly #connection: RedisConnection
  readonly #places = new WeakMap<SubscriberSocket, ServerPlace>()

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  /** The same as last time, if it has not moved; undefined if the server that this socket hears owns nothing. */
  of(socket: SubscriberSocket): ServerPlace | undefined {
    const isThere = ({ at }: ServerPlace): boolean => this.#connection.subscriber(at) === socket
    const known = this.#places.get(socket)
    if (known !== undefined && isThere(known)) return known
    if (!this.#ownsAny(socket)) return undefined
    const place = firstPlace(isThere)
    this.#places.set(socket, place)
    return place
  }

  #ownsAny(socket: SubscriberSocket): boolean {
    for (let slot = 0; slot < slots; slot += 1) if (this.#connection.subscriber(slot) === socket) return true
    return false
  }
}

/** There is one for each slot, if only one looks far enough: some slots have none among the first 100,000. */
function firstPlace(isThere: (place: ServerPlace) => boolean): ServerPlace {
  for (let number = 0; ; number += 1) {
    const tag = `server#${number}`
    const place = { at: slotOf(tag), tag }
    if (isThere(place)) return place
  }
}
