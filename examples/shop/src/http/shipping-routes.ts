import { Hono } from "hono"
import { CarrierRefused } from "../carrier/carrier.ts"
import { queryText } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** Shipping quotes of the carrier. */
export function shippingRoutes({ caches, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/shipping", async (context) => {
    const country = queryText(context, "country").toUpperCase()
    const parcel = queryText(context, "parcel")
    try {
      return answers.read(context, "quotes", await caches.quotes.get([country, parcel]))
    } catch (error) {
      if (!(error instanceof CarrierRefused)) throw error
      return context.json({ error: error.message }, 503, { "retry-after": "1" })
    }
  })

  return routes
}
