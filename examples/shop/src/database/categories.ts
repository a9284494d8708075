import type { Database, Statement } from "./database.ts"

/** A node of the category tree. */
export interface Category {
  readonly id: number
  readonly parentId: number | null
  readonly name: string
}

/** What the products of a category page may be sorted by; each order is a page of its own, with other products. */
export const pageOrders = ["bestselling", "rating", "name"] as const

export type PageOrder = (typeof pageOrders)[number]

/** A page of one category: where it is in the tree, what is below it, and on a shelf its first products in one order. */
export interface CategoryPage {
  readonly id: number
  readonly name: string
  readonly path: readonly string[]
  readonly children: readonly { readonly id: number; readonly name: string }[]
  readonly products: readonly { readonly id: number; readonly name: string; readonly description: string }[]
  readonly version: number
}

const list = { name: "list-categories", text: `select id, parent_id as "parentId", name from categories order by id` }

/** The whole tree: about 200 rows. */
export function listCategories(database: Database, signal?: AbortSignal): Promise<Category[]> {
  return database.query<Category>(list, [], signal)
}

const sortedBy: Readonly<Record<PageOrder, string>> = {
  bestselling: "sales_rank, id",
  rating: "rating desc, id",
  name: "name, id",
}

const page = (order: PageOrder): Statement => ({
  name: `category-page-${order}`,
  text: `
    select category.id, category.name, category.version,
      array_remove(array[department.name, section.name, category.name], null) as path,
      coalesce(
        (select json_agg(json_build_object('id', id, 'name', name) order by id)
         from categories child where parent_id = category.id),
        '[]') as children,
      coalesce(
        (select json_agg(json_build_object('id', id, 'name', name, 'description', description))
         from (select id, name, description from products where category_id = category.id
               order by ${sortedBy[order]} limit 24) best),
        '[]') as products
    from categories category
    left join categories section on section.id = category.parent_id
    left join categories department on department.id = section.parent_id
    where category.id = $1`,
})

/** A page of one category, or undefined if there is no such category. */
export async function findCategoryPage(
  database: Database,
  { id, order }: { readonly id: number; readonly order: PageOrder },
  signal?: AbortSignal,
): Promise<CategoryPage | undefined> {
  const [found] = await database.query<CategoryPage>(page(order), [id], signal)
  return found
}
