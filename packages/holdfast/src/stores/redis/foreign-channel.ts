import type { Clock, Timer } from "../../contracts/clock.ts"
import type { ChannelHearer } from "../../contracts/event-stream.ts"
import type { RedisConnection, SubscriberSocket } from "../../contracts/redis-connection.ts"
import { slotOf } from "../../entry/slot.ts"

/** How soon to see whether the channel is heard again, in milliseconds, and how often whether it still is. Nothing is sent for that. */
const soonMs = 50
const everyMs = 1000

/** A channel of another program, heard on the subscriber connection of one server, and whether it is heard without interruption. */
export class ForeignChannel {
  readonly #connection: RedisConnection
  readonly #clock: Clock
  readonly #hearer: ChannelHearer
  readonly #slot: number
  readonly #end: () => void
  #socket: SubscriberSocket | undefined
  #timer: Timer

  constructor(
    { connection, clock }: { readonly connection: RedisConnection; readonly clock: Clock },
    channel: string,
    hearer: ChannelHearer,
  ) {
    this.#connection = connection
    this.#clock = clock
    this.#hearer = hearer
    this.#slot = slotOf(channel)
    this.#end = connection.subscribe(channel, (message, speaksFor) => {
      if (connection.sharesSlots || speaksFor(this.#slot)) hearer.heard(message)
    })
    this.#look()
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#end()
  }

  #look(): void {
    const socket = this.#connection.subscriber(this.#slot)
    if (socket !== undefined && socket !== this.#socket) {
      this.#socket = socket
      this.#hearer.began()
    }
    const isHeard = socket !== undefined && !socket.isLost
    this.#timer = this.#clock.setTimeout(() => this.#look(), isHeard ? everyMs : soonMs)
  }
}
