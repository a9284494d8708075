import { Hono } from "hono"
import type { Context } from "hono"
import type { Queries } from "../database/database.ts"
import type { Offer } from "../database/offers.ts"
import { changePrice, changeStock } from "../database/offers.ts"
import { bodyOf, idOf, notFound } from "./input.ts"
import { changeOffer } from "./offer-change.ts"
import type { ShopContext } from "./shop-context.ts"

type OfferChange = (queries: Queries) => Promise<Offer | undefined>

/** Price and stock, and their changes. */
export function offerRoutes({ caches, database, answers, offerCommitted }: ShopContext): Hono {
  const routes = new Hono()

  const write = async (context: Context, id: number, change: OfferChange): Promise<Response> => {
    const { value: offer } = await caches.offers.write(id, async (window) => {
      const changed = await changeOffer(database, () => window, change)
      if (changed !== undefined) offerCommitted(changed)
      return changed
    })
    if (offer === undefined) throw notFound()
    return answers.changed(context, "offers", offer, [{ what: "offer", id, version: offer.version }])
  }

  routes.get("/products/:id/offer", async (context) =>
    answers.read(context, "offers", await caches.offers.get(idOf(context))),
  )

  routes.put("/products/:id/price", async (context) => {
    const id = idOf(context)
    const priceCents = (await bodyOf(context)).integer("priceCents", { min: 1, max: 100_000_000 })
    return write(context, id, (queries) => changePrice(queries, id, priceCents))
  })

  routes.post("/products/:id/stock", async (context) => {
    const id = idOf(context)
    const delta = (await bodyOf(context)).integer("delta", { min: -10_000, max: 10_000 })
    return write(context, id, (queries) => changeStock(queries, id, delta))
  })

  return routes
}
