import type { Holdfast } from "holdfast"
import { withoutCache } from "./caches/cache-maker.ts"
import { createCaches } from "./caches/caches.ts"
import type { Caches } from "./caches/caches.ts"
import type { Carrier } from "./carrier/carrier.ts"
import type { CountedDatabase } from "./database/counted-database.ts"
import type { Offer } from "./database/offers.ts"
import { createAnswers } from "./http/answers.ts"
import { createApp } from "./http/app.ts"
import { startHttpServer } from "./http/http-server.ts"
import type { Operations } from "./http/operations-routes.ts"

/** A running shop. */
export interface Shop extends Operations {
  readonly url: string
  /** Figures of every cache; none if the shop runs without a cache. */
  cacheStats(): CacheStats[]
  close(): Promise<void>
}

/** What one cache says about itself. */
export type CacheStats = ReturnType<Caches[keyof Caches]["stats"]>

export interface ShopOptions {
  readonly database: CountedDatabase
  readonly carrier: Carrier
  /** Undefined: no cache at all, for comparison. */
  readonly holdfast: Holdfast | undefined
  readonly port: number
  /** Told of every committed change of an offer. */
  readonly offerCommitted: (offer: Offer) => void
}

/** Opens the shop: caches, routes, and an HTTP server. It does not own what it is given. */
export async function openShop({ database, carrier, holdfast, port, offerCommitted }: ShopOptions): Promise<Shop> {
  const maker = holdfast ?? withoutCache()
  const caches = createCaches(maker, database, carrier)
  const cacheStats = (): CacheStats[] =>
    holdfast === undefined ? [] : Object.values(caches).map((cache) => cache.stats())
  const operations: Operations = {
    stats: () => ({ databaseQueries: database.queries(), caches: cacheStats() }),
    health: async () => ({ ok: true, cache: holdfast === undefined ? "none" : await holdfast.health() }),
  }
  const answers = createAnswers({ cached: holdfast !== undefined })
  const server = await startHttpServer(
    createApp({ caches, tags: maker, units: maker, database, answers, offerCommitted }, operations),
    port,
  )
  return { ...operations, url: server.url, cacheStats, close: () => server.close() }
}
