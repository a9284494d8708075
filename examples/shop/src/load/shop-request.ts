import type { Versioned } from "../http/row-version.ts"

/** What the load asks for; also the rows of the breakdown. */
export type RequestKind =
  | "product"
  | "products"
  | "offer"
  | "category"
  | "categories"
  | "search"
  | "profile"
  | "flags"
  | "quote"
  | "missing-product"
  | "change-price"
  | "change-stock"
  | "checkout"
  | "edit-profile"
  | "edit-product"
  | "edit-flags"

/** One request of the load, ready to be sent. */
export interface ShopRequest {
  readonly kind: RequestKind
  readonly method: "GET" | "POST" | "PUT" | "PATCH"
  readonly path: string
  readonly body?: string
  /** What the oracle checks in the answer; absent: nothing. */
  readonly reads?: readonly VersionedRow[]
}

/** What an answer must show in a version that is recent enough. */
export interface VersionedRow {
  readonly what: Versioned
  readonly id: number
}

/** What came back. */
export type ShopAnswer =
  | {
      readonly is: "answer"
      readonly status: number
      /** `x-version`, 0 if there is none. */
      readonly version: number
      /** `x-versions`, of an answer that shows several rows; "" if there is none. */
      readonly versions: string
      /** `x-changed`, "" if there is none. */
      readonly changed: string
    }
  /** No HTTP answer: connection refused, reset or timed out. */
  | { readonly is: "failure"; readonly reason: string }
