import { countries } from "../carrier/parcels.ts"
import { catalogueSize } from "./catalogue-size.ts"
import type { Database } from "./database.ts"
import { indexes, tables } from "./schema.ts"
import { adjectives, brands, departments, firstNames, lastNames, materials, styles } from "./vocabulary.ts"

/** Creates the tables and fills them: always the same shop, in a few seconds. */
export async function seed(database: Database): Promise<void> {
  await database.script(tables)
  await database.script(helpers)
  await database.query(insertCategories, [JSON.stringify(categoryTree())])
  await database.query(insertProducts, [catalogueSize.products, adjectives, materials, brands])
  await database.query(insertOffers)
  await database.query(insertUsers, [catalogueSize.users, firstNames, lastNames, countries])
  await database.query(insertOrders, [catalogueSize.orders, catalogueSize.users, catalogueSize.products])
  await database.query(countOrders)
  await database.query(insertFlags)
  await database.script(indexes)
}

interface CategoryRow {
  readonly id: number
  readonly parent_id: number | null
  readonly name: string
}

function categoryTree(): CategoryRow[] {
  const rows: CategoryRow[] = []
  const add = (name: string, parent_id: number | null): number => rows.push({ id: rows.length + 1, parent_id, name })
  for (const department of departments) {
    const departmentId = add(department.name, null)
    for (const noun of department.nouns) {
      const sectionId = add(noun, departmentId)
      for (const style of styles) add(`${style} ${noun}`, sectionId)
    }
  }
  return rows
}

// `draw(i, salt, n)` is an integer from 0 to n - 1 that depends on nothing but its arguments.
const helpers = `
create function draw(i int, salt int, n int) returns int language sql immutable
  return ((hashint8extended(i, salt) & 2147483647) % n)::int;
create function pick(words text[], i int, salt int) returns text language sql immutable
  return words[1 + draw(i, salt, cardinality(words))];
`

const insertCategories = {
  name: "seed-categories",
  text: `insert into categories (id, parent_id, name)
    select id, parent_id, name from json_to_recordset($1::json) as tree (id int, parent_id int, name text)`,
}

const insertProducts = {
  name: "seed-products",
  text: `
    with shelves as (
      select shelf.id, section.name as noun, row_number() over (order by shelf.id) - 1 as position
      from categories shelf join categories section on section.id = shelf.parent_id
      where section.parent_id is not null
    ), drafts as (
      select i, shelves.id as category_id, noun, pick($2, i, 2) as adjective, pick($3, i, 3) as material, pick($4, i, 4) as brand
      from generate_series(1, $1::int) as i
      join shelves on position = draw(i, 1, (select count(*)::int from shelves))
    )
    insert into products (id, category_id, sku, name, brand, description, rating, sales_rank)
    select i, category_id, upper(left(noun, 3)) || '-' || lpad(i::text, 6, '0'),
      adjective || ' ' || material || ' ' || noun, brand,
      'The ' || lower(adjective) || ' ' || lower(noun) || ' by ' || brand || '. Made of ' || lower(material)
        || ', tested for ' || 2 + draw(i, 5, 14) || ' years of daily use, repairable, and shipped without plastic. '
        || 'Spare parts are kept for ' || 5 + draw(i, 6, 20) || ' years.',
      1 + draw(i, 7, 41) / 10.0, draw(i, 8, 1000000)
    from drafts`,
}

const insertOffers = {
  name: "seed-offers",
  text: `insert into offers (product_id, price_cents, stock)
    select id, 100 * (2 + draw(id, 9, 400)) + 99, 5000 + draw(id, 10, 5000) from products`,
}

const insertUsers = {
  name: "seed-users",
  text: `
    insert into users (id, name, email, country, tier, newsletter, joined_on)
    select i, pick($2, i, 11) || ' ' || pick($3, i, 12),
      lower(pick($2, i, 11)) || '.' || lower(pick($3, i, 12)) || i || '@example.com',
      pick($4, i, 13), (array['basic', 'basic', 'basic', 'silver', 'gold'])[1 + draw(i, 14, 5)], draw(i, 15, 2) = 0,
      timestamptz '2020-01-01 00:00Z' + draw(i, 16, 2000) * interval '1 day'
    from generate_series(1, $1::int) as i`,
}

const insertOrders = {
  name: "seed-orders",
  text: `
    insert into orders (user_id, product_id, quantity, unit_price_cents, placed_at)
    select 1 + draw(i, 17, $2), product_id, 1 + draw(i, 19, 3), price_cents,
      timestamptz '2025-01-01 00:00Z' + draw(i, 20, 500000) * interval '1 minute'
    from generate_series(1, $1::int) as i join offers on product_id = 1 + draw(i, 18, $3)`,
}

const countOrders = {
  name: "seed-order-counts",
  text: `update users set orders = placed.count
    from (select user_id, count(*)::int from orders group by user_id) placed where user_id = users.id`,
}

const insertFlags = {
  name: "seed-flags",
  text: `insert into flags (id, flags)
    values (1, '{"newCheckout": false, "giftCards": true, "reviews": true, "darkMode": false}')`,
}
