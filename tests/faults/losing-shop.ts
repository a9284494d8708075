import { createHoldfast, type Holdfast, type HoldfastEvent, type HoldfastOptions } from "holdfast"
import { clientCell, clusterCells, sentinelCells, type SentinelPlaces } from "../cells.ts"

interface Price {
  readonly v: number
  readonly tag: string
}

/** Where the servers are; plain data. */
export type Place =
  | { readonly url: string }
  | { readonly urls: readonly string[] }
  | { readonly sentinels: SentinelPlaces }

/** A client of this library, not connected. */
export function redisAt(client: string, place: Place): unknown {
  if ("url" in place) return clientCell(client).create(place.url)
  if ("urls" in place) return clusterCells.find(({ name }) => name === client)?.create(place.urls)
  return sentinelCells.find(({ name }) => name === client)?.create(place.sentinels)
}

/** One process whose invalidations a server may lose, and what it was told of that. */
export class Shop implements AsyncDisposable {
  readonly holdfast: Holdfast
  readonly prices
  readonly replays: Extract<HoldfastEvent, { name: "replay" }>[] = []
  readonly #source: Map<string, number>

  constructor(redis: unknown, source: Map<string, number>, options: Partial<HoldfastOptions> = {}) {
    const onEvent = (event: HoldfastEvent): void => void (event.name === "replay" && this.replays.push(event))
    this.#source = source
    this.holdfast = createHoldfast({ namespace: "shop", redis, onEvent, commandTimeout: "2s", ...options })
    this.prices = this.holdfast.cache({
      name: "price",
      ttl: "10m",
      local: false,
      tags: (price: Price | undefined) => (price === undefined ? [] : [price.tag]),
      load: async (id: string): Promise<Price> => ({ v: source.get(id) ?? 0, tag: `shelf-${id}` }),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holdfast.close()
  }

  async read(id: string): Promise<number | undefined> {
    return (await this.prices.get(id))?.v
  }

  /** Whether the store holds this value, which is asked for until it does. */
  async holds(id: string, v: number): Promise<boolean> {
    return (await this.read(id)) === v && (await this.prices.peek(id))?.v === v
  }

  /** Changes a row to 2 and tells the store, in one of the ways in turn. Answers whether it was told. */
  async change(id: string, at: number): Promise<boolean> {
    const way = at % 3
    this.#source.set(id, 2)
    if (way === 0) return (await this.prices.invalidate(id)).delivered
    if (way === 1) return (await this.prices.write(id, () => ({ v: 2, tag: `shelf-${id}` }))).delivered
    return (await this.holdfast.invalidateTags([`shelf-${id}`])).delivered
  }

  /** Whether it is connected again, to the server at this port if one is given, and has nothing left to tell. */
  async isSettled(port?: number): Promise<boolean> {
    const { status, undelivered, nodes } = await this.holdfast.health()
    const isThere = port === undefined || nodes.some(({ node }) => node.endsWith(`:${port}`))
    return status !== "down" && undelivered === 0 && isThere
  }
}
