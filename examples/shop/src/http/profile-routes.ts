import { Hono } from "hono"
import { editProfile } from "../database/users.ts"
import { bodyOf, idOf, notFound } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** Profiles and their editing. */
export function profileRoutes({ caches, database, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/users/:id", async (context) =>
    answers.read(context, "profiles", await caches.profiles.get(idOf(context))),
  )

  routes.patch("/users/:id", async (context) => {
    const id = idOf(context)
    const body = await bodyOf(context)
    const change = { newsletter: body.boolean("newsletter"), tier: body.text("tier", 20) }
    const { value: profile } = await caches.profiles.write(id, () => editProfile(database, id, change))
    if (profile === undefined) throw notFound()
    return answers.changed(context, "profiles", profile, [{ what: "profile", id, version: profile.version }])
  })

  return routes
}
