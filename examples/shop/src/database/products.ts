import type { Database } from "./database.ts"

/** What a product page shows, besides price and stock. */
export interface Product {
  readonly id: number
  readonly categoryId: number
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly description: string
  readonly rating: number
  readonly updatedAt: Date
  readonly version: number
}

/** A product as search results show it. */
export interface SearchHit {
  readonly id: number
  readonly name: string
  readonly brand: string
}

const columns = `id, category_id as "categoryId", sku, name, brand, description, rating, updated_at as "updatedAt", version`

const find = { name: "find-product", text: `select ${columns} from products where id = $1` }

/** One product, or undefined if there is none with this id. */
export async function findProduct(database: Database, id: number, signal?: AbortSignal): Promise<Product | undefined> {
  const [product] = await database.query<Product>(find, [id], signal)
  return product
}

const findMany = { name: "find-products", text: `select ${columns} from products where id = any($1::int[])` }

/** The products that there are of these ids, in any order, by one query. */
export function findProducts(database: Database, ids: readonly number[], signal?: AbortSignal): Promise<Product[]> {
  return database.query<Product>(findMany, [ids], signal)
}

// The pages of its category show the product too: both rows get a new version in one transaction.
const edit = {
  name: "edit-product",
  text: `
    with edited as (
      update products set description = $2, updated_at = now(), version = version + 1 where id = $1 returning *
    ), touched as (
      update categories set version = version + 1 where id = (select category_id from edited) returning version
    )
    select ${columns}, (select version from touched) as "categoryVersion" from edited`,
}

/** Changes the description; undefined if there is no such product. */
export async function editProduct(
  database: Database,
  id: number,
  description: string,
): Promise<{ product: Product; categoryVersion: number } | undefined> {
  const [row] = await database.query<Product & { categoryVersion: number }>(edit, [id, description])
  if (row === undefined) return undefined
  const { categoryVersion, ...product } = row
  return { product, categoryVersion }
}

const search = {
  name: "search-products",
  text: `
    select id, name, brand from products where words @@ plainto_tsquery('simple', $1)
    order by sales_rank, id limit 20`,
}

/** The best-selling products that have all the words. */
export function searchProducts(database: Database, phrase: string, signal?: AbortSignal): Promise<SearchHit[]> {
  return database.query<SearchHit>(search, [phrase], signal)
}
