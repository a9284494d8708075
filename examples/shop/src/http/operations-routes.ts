import { Hono } from "hono"
import { cachePatterns } from "../caches/cache-patterns.ts"

/** Figures and health, as {@link operationsRoutes} shows them. */
export interface Operations {
  stats(): object
  /** `ok: false` means that requests cannot be answered; a degraded cache is not that. */
  health(): Promise<{ readonly ok: boolean }>
}

const endpoints: Readonly<Record<string, string>> = {
  "GET /products/42": cachePatterns.products,
  "GET /products?ids=42,43": cachePatterns.products,
  "PATCH /products/42 {description}": "write-through; invalidates the tag of the category",
  "GET /products/42/offer": cachePatterns.offers,
  "PUT /products/42/price {priceCents}": "write-through",
  "POST /products/42/stock {delta}": "write-through",
  "POST /checkout {userId, productId, quantity}": "write-through; invalidates the profile",
  "GET /categories": cachePatterns.categoryTree,
  "GET /categories/3?sort=rating": cachePatterns.categoryPages,
  "GET /users/7": cachePatterns.profiles,
  "PATCH /users/7 {newsletter, tier}": "write-through",
  "GET /search?q=oak+chair": cachePatterns.searches,
  "GET /flags": cachePatterns.flags,
  "PATCH /flags {newCheckout}": "write-through",
  "GET /shipping?country=DE&parcel=m": cachePatterns.quotes,
  "GET /stats": "figures of every cache and of the database",
  "GET /health": "whether the shop answers, and how the cache is",
}

/** The list of endpoints, the figures and the health. */
export function operationsRoutes(operations: Operations): Hono {
  const routes = new Hono()
  routes.get("/", (context) => context.json({ endpoints }))
  routes.get("/stats", (context) => context.json(operations.stats()))
  routes.get("/health", async (context) => {
    const health = await operations.health()
    return context.json(health, health.ok ? 200 : 503)
  })
  return routes
}
