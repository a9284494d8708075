import { Hono } from "hono"
import { editFlags } from "../database/flags.ts"
import { bodyOf, notFound } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** Feature flags and their switching. */
export function flagRoutes({ caches, database, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/flags", async (context) => answers.read(context, "flags", await caches.flags.get("all")))

  routes.patch("/flags", async (context) => {
    const change = (await bodyOf(context)).switches()
    const { value: row } = await caches.flags.write("all", () => editFlags(database, change))
    if (row === undefined) throw notFound()
    return answers.changed(context, "flags", row, [{ what: "flags", id: 1, version: row.version }])
  })

  return routes
}
