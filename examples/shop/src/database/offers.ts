import type { Queries } from "./database.ts"

/** Price and stock of a product: what changes all day. */
export interface Offer {
  readonly productId: number
  readonly priceCents: number
  readonly currency: string
  readonly stock: number
  readonly version: number
}

const columns = `product_id as "productId", price_cents as "priceCents", currency, stock, version`

const find = { name: "find-offer", text: `select ${columns} from offers where product_id = $1` }

/** The offer for a product, or undefined if there is none. */
export async function findOffer(queries: Queries, productId: number, signal?: AbortSignal): Promise<Offer | undefined> {
  const [offer] = await queries.query<Offer>(find, [productId], signal)
  return offer
}

const setPrice = {
  name: "set-price",
  text: `update offers set price_cents = $2, version = version + 1 where product_id = $1 returning ${columns}`,
}

/** Changes the price; undefined if there is no such product. */
export async function changePrice(queries: Queries, productId: number, priceCents: number): Promise<Offer | undefined> {
  const [offer] = await queries.query<Offer>(setPrice, [productId, priceCents])
  return offer
}

const addStock = {
  name: "add-stock",
  text: `
    update offers set stock = stock + $2, version = version + 1 where product_id = $1 and stock + $2 >= 0
    returning ${columns}`,
}

/** Adds to the stock, or takes from it; undefined if there is no such product or not enough of it. */
export async function changeStock(queries: Queries, productId: number, delta: number): Promise<Offer | undefined> {
  const [offer] = await queries.query<Offer>(addStock, [productId, delta])
  return offer
}

// The profile counts the orders: its row gets a new version in the same transaction.
const buy = {
  name: "place-order",
  text: `
    with sold as (
      update offers set stock = stock - $3, version = version + 1 where product_id = $2 and stock >= $3 returning *
    ), placed as (
      insert into orders (user_id, product_id, quantity, unit_price_cents)
      select $1, product_id, $3, price_cents from sold returning id
    ), buyer as (
      update users set orders = orders + 1, version = version + 1 where id = $1 and exists (select from sold)
      returning version
    )
    select ${columns}, (select id from placed) as "orderId", (select version from buyer) as "profileVersion" from sold`,
}

/** An order, and the rows that it changed. */
export interface PlacedOrder {
  readonly orderId: number
  readonly profileVersion: number
  readonly offer: Offer
}

/** Takes the stock and writes the order in one transaction; undefined if the stock does not suffice. */
export async function placeOrder(
  queries: Queries,
  order: { readonly userId: number; readonly productId: number; readonly quantity: number },
): Promise<PlacedOrder | undefined> {
  const [row] = await queries.query<Offer & Omit<PlacedOrder, "offer">>(buy, [
    order.userId,
    order.productId,
    order.quantity,
  ])
  if (row === undefined) return undefined
  const { orderId, profileVersion, ...offer } = row
  return { orderId, profileVersion, offer }
}
