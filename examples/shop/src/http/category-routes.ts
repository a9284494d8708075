import { Hono } from "hono"
import type { Context } from "hono"
import { pageOrders } from "../database/categories.ts"
import type { PageOrder } from "../database/categories.ts"
import { choiceOf, idOf } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** The category tree and the pages of each category. */
export function categoryRoutes({ caches, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/categories", async (context) =>
    answers.read(context, "categoryTree", await caches.categoryTree.get("all")),
  )

  routes.get("/categories/:id", async (context) =>
    answers.read(context, "categoryPages", await caches.categoryPages.get([idOf(context), orderOf(context)])),
  )

  return routes
}

function orderOf(context: Context): PageOrder {
  return choiceOf(context, "sort", pageOrders)
}
