import type { WriteContext } from "holdfast"
import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { placeOrder } from "../database/offers.ts"
import { bodyOf } from "./input.ts"
import { changeOffer } from "./offer-change.ts"
import type { ShopContext } from "./shop-context.ts"

/**
 * Buying: one transaction that changes two cached things.
 *
 * Both are invalidated after its commit (`afterCommit`): a profile that was invalidated before it could be loaded and stored
 * without this order. The offer is strict, so naming it opens its window, which `opened` waits for before anything is changed.
 */
export function checkoutRoutes({ caches, units, database, answers, offerCommitted }: ShopContext): Hono {
  const routes = new Hono()

  routes.post("/checkout", async (context) => {
    const body = await bodyOf(context)
    const userId = body.integer("userId", { min: 1, max: 999_999_999 })
    const productId = body.integer("productId", { min: 1, max: 999_999_999 })
    const quantity = body.integer("quantity", { min: 1, max: 100 })
    const placed = await units.afterCommit(async (unit) => {
      const openWindow = (): Promise<WriteContext> => {
        unit.invalidate(caches.offers, productId)
        return unit.opened()
      }
      const order = await changeOffer(database, openWindow, async (queries) => {
        const done = await placeOrder(queries, { userId, productId, quantity })
        if (done !== undefined) unit.invalidate(caches.profiles, userId)
        return done
      })
      if (order !== undefined) offerCommitted(order.offer)
      return order
    })
    if (placed === undefined) throw new HTTPException(409, { message: "sold out" })
    return answers.changed(context, "offers", placed, [
      { what: "offer", id: productId, version: placed.offer.version },
      { what: "profile", id: userId, version: placed.profileVersion },
    ])
  })

  return routes
}
