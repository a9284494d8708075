import { Hono } from "hono"
import { idOf } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** The category tree and the page of each category. */
export function categoryRoutes({ caches, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/categories", async (context) =>
    answers.read(context, "categoryTree", await caches.categoryTree.get("all")),
  )

  routes.get("/categories/:id", async (context) =>
    answers.read(context, "categoryPages", await caches.categoryPages.get(idOf(context))),
  )

  return routes
}
