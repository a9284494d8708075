import { countries, parcels } from "../carrier/parcels.ts"
import { searchPhrases } from "../database/vocabulary.ts"
import { catalogueSize } from "../database/catalogue-size.ts"
import { upTo } from "./random.ts"
import type { Random } from "./random.ts"
import type { RequestKind, ShopRequest, VersionedRow } from "./shop-request.ts"
import { createZipf, scatter } from "./zipf.ts"

/** Share of each kind of request, in percent. 97 % read, 3 % write. */
export const mix: Readonly<Record<RequestKind, number>> = {
  product: 31,
  products: 2,
  offer: 26,
  category: 8,
  categories: 2,
  search: 8,
  profile: 10,
  flags: 6,
  quote: 3,
  "missing-product": 1,
  "change-price": 0.6,
  "change-stock": 0.8,
  checkout: 0.8,
  "edit-profile": 0.4,
  "edit-product": 0.38,
  "edit-flags": 0.02,
}

/** Products that are asked for side by side: what a basket or a list of recently seen products shows. */
export const productsTogether = 5

/** Exponent of the Zipf distributions: that of the YCSB benchmark. */
export const zipfExponent = 0.99

/** What the requests are drawn from. */
export interface MixOptions {
  readonly random: Random
  /** Where the next product id comes from, instead of a Zipf distribution: a recorded trace. */
  readonly nextProduct?: (() => number) | undefined
}

/** An endless stream of requests with the shares of {@link mix}. */
export function createMix({ random, nextProduct }: MixOptions): () => ShopRequest {
  const zipf = (size: number): (() => number) => {
    const draw = createZipf(size, zipfExponent, random)
    return () => scatter(draw(), size)
  }
  const phrases = createZipf(searchPhrases.length, zipfExponent, random)
  const quotes = createZipf(countries.length * parcels.length, zipfExponent, random)
  const requests = createRequests({
    random,
    product: nextProduct ?? zipf(catalogueSize.products),
    user: zipf(catalogueSize.users),
    category: zipf(catalogueSize.categories),
    phrase: () => searchPhrases[phrases() - 1] ?? "",
    quote: () => quotes() - 1,
  })
  const kinds = Object.entries(mix) as [RequestKind, number][]
  return () => {
    let left = random() * 100
    for (const [kind, share] of kinds) {
      left -= share
      if (left < 0) return requests[kind]()
    }
    return requests.product()
  }
}

interface Draws {
  readonly random: Random
  readonly product: () => number
  readonly user: () => number
  readonly category: () => number
  readonly phrase: () => string
  readonly quote: () => number
}

function createRequests(draws: Draws): Record<RequestKind, () => ShopRequest> {
  return { ...createReads(draws), ...createWrites(draws) }
}

function createReads({ random, product, user, category, phrase, quote }: Draws) {
  const read = (kind: RequestKind, path: string, ...reads: VersionedRow[]): ShopRequest =>
    reads.length === 0 ? { kind, method: "GET", path } : { kind, method: "GET", path, reads }
  return {
    product: () => {
      const id = product()
      return read("product", `/products/${id}`, { what: "product", id })
    },
    products: () => {
      const ids = [...new Set(Array.from({ length: productsTogether }, product))]
      return read("products", `/products?ids=${ids.join(",")}`, ...ids.map((id) => ({ what: "product", id }) as const))
    },
    offer: () => {
      const id = product()
      return read("offer", `/products/${id}/offer`, { what: "offer", id })
    },
    category: () => {
      const id = category()
      // Most people never touch the sorting.
      const sort = random() < 0.8 ? "" : `?sort=${random() < 0.5 ? "rating" : "name"}`
      return read("category", `/categories/${id}${sort}`, { what: "category", id })
    },
    categories: () => read("categories", "/categories"),
    search: () => read("search", `/search?q=${encodeURIComponent(phrase())}`),
    profile: () => {
      const id = user()
      return read("profile", `/users/${id}`, { what: "profile", id })
    },
    flags: () => read("flags", "/flags", { what: "flags", id: 1 }),
    quote: () => {
      const index = quote()
      const country = countries[index % countries.length] ?? "DE"
      const parcel = parcels[Math.floor(index / countries.length)] ?? "s"
      return read("quote", `/shipping?country=${country}&parcel=${parcel}`)
    },
    "missing-product": () => read("missing-product", `/products/${catalogueSize.products + upTo(random, 500)}`),
  } satisfies Partial<Record<RequestKind, () => ShopRequest>>
}

function createWrites({ random, product, user }: Draws) {
  const write = (kind: RequestKind, method: "POST" | "PUT" | "PATCH", path: string, body: object): ShopRequest => ({
    kind,
    method,
    path,
    body: JSON.stringify(body),
  })
  return {
    "change-price": () =>
      write("change-price", "PUT", `/products/${product()}/price`, { priceCents: 100 + upTo(random, 50_000) }),
    "change-stock": () => write("change-stock", "POST", `/products/${product()}/stock`, { delta: upTo(random, 20) }),
    checkout: () =>
      write("checkout", "POST", "/checkout", { userId: user(), productId: product(), quantity: upTo(random, 2) }),
    "edit-profile": () =>
      write("edit-profile", "PATCH", `/users/${user()}`, { newsletter: random() < 0.5, tier: "gold" }),
    "edit-product": () =>
      write("edit-product", "PATCH", `/products/${product()}`, { description: `Edited ${upTo(random, 1_000_000)}.` }),
    "edit-flags": () => write("edit-flags", "PATCH", "/flags", { newCheckout: random() < 0.5 }),
  } satisfies Partial<Record<RequestKind, () => ShopRequest>>
}
