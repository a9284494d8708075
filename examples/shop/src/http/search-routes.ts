import { Hono } from "hono"
import { queryText } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** Search results. */
export function searchRoutes({ caches, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/search", async (context) =>
    answers.read(context, "searches", await caches.searches.get(queryText(context, "q"))),
  )

  return routes
}
