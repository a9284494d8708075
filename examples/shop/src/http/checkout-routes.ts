import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { placeOrder } from "../database/offers.ts"
import type { PlacedOrder } from "../database/offers.ts"
import { bodyOf } from "./input.ts"
import { changeOffer } from "./offer-change.ts"
import type { ShopContext } from "./shop-context.ts"

/** Buying: the write that touches two cached things. */
export function checkoutRoutes({ caches, database, answers, offerCommitted }: ShopContext): Hono {
  const routes = new Hono()

  routes.post("/checkout", async (context) => {
    const body = await bodyOf(context)
    const userId = body.integer("userId", { min: 1, max: 999_999_999 })
    const productId = body.integer("productId", { min: 1, max: 999_999_999 })
    const quantity = body.integer("quantity", { min: 1, max: 100 })
    let placed: PlacedOrder | undefined
    await caches.offers.write(productId, async (window) => {
      placed = await changeOffer(database, window, (queries) => placeOrder(queries, { userId, productId, quantity }))
      if (placed === undefined) return undefined
      offerCommitted(placed.offer)
      return placed.offer
    })
    if (placed === undefined) throw new HTTPException(409, { message: "sold out" })
    // After the commit: before it, a reader could load the profile without this order, and store it.
    await caches.profiles.invalidate(userId)
    return answers.changed(context, "offers", placed, [
      { what: "offer", id: productId, version: placed.offer.version },
      { what: "profile", id: userId, version: placed.profileVersion },
    ])
  })

  return routes
}
