import { Hono } from "hono"
import { categoryTag } from "../caches/category-cache.ts"
import { editProduct } from "../database/products.ts"
import { bodyOf, idOf, idsOf, notFound } from "./input.ts"
import type { ShopContext } from "./shop-context.ts"

/** Product pages and their editing. */
export function productRoutes({ caches, tags, database, answers }: ShopContext): Hono {
  const routes = new Hono()

  routes.get("/products/:id", async (context) =>
    answers.read(context, "products", await caches.products.get(idOf(context))),
  )

  routes.get("/products", async (context) => {
    const products = await caches.products.getMany(idsOf(context, "ids", 50))
    return answers.readMany(
      context,
      "products",
      products.flatMap((product) => product ?? []),
    )
  })

  routes.patch("/products/:id", async (context) => {
    const id = idOf(context)
    const description = (await bodyOf(context)).text("description", 2000)
    let categoryVersion = 0
    const { value: product } = await caches.products.write(id, async () => {
      const edited = await editProduct(database, id, description)
      if (edited === undefined) throw notFound()
      categoryVersion = edited.categoryVersion
      return edited.product
    })
    if (product === undefined) throw notFound()
    // The pages of the category show the description too. After the commit, never before it: see the guarantee.
    await tags.invalidateTags([categoryTag(product.categoryId)])
    return answers.changed(context, "products", product, [
      { what: "product", id, version: product.version },
      { what: "category", id: product.categoryId, version: categoryVersion },
    ])
  })

  return routes
}
