import { hasCode } from "holdfast"
import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { categoryRoutes } from "./category-routes.ts"
import { checkoutRoutes } from "./checkout-routes.ts"
import { flagRoutes } from "./flag-routes.ts"
import { offerRoutes } from "./offer-routes.ts"
import { operationsRoutes } from "./operations-routes.ts"
import type { Operations } from "./operations-routes.ts"
import { productRoutes } from "./product-routes.ts"
import { profileRoutes } from "./profile-routes.ts"
import { searchRoutes } from "./search-routes.ts"
import { shippingRoutes } from "./shipping-routes.ts"
import type { ShopContext } from "./shop-context.ts"

/** The HTTP service: one file of routes per resource. */
export function createApp(shop: ShopContext, operations: Operations): Hono {
  const app = new Hono()
  app.route("/", productRoutes(shop))
  app.route("/", offerRoutes(shop))
  app.route("/", checkoutRoutes(shop))
  app.route("/", categoryRoutes(shop))
  app.route("/", profileRoutes(shop))
  app.route("/", searchRoutes(shop))
  app.route("/", flagRoutes(shop))
  app.route("/", shippingRoutes(shop))
  app.route("/", operationsRoutes(operations))
  app.notFound((context) => context.json({ error: "no such endpoint; GET / lists them" }, 404))
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ error: error.message }, error.status)
    if (hasCode(error, "WINDOW_NOT_OPENED") || hasCode(error, "WINDOW_LOST")) {
      return context.json({ error: "not now: nothing was changed, try again" }, 503, { "retry-after": "1" })
    }
    return context.json({ error: error.message }, 500)
  })
  return app
}
