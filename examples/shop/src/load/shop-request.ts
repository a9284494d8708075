import type { Versioned } from "../http/change.ts"

/** What the load asks for; also the rows of the breakdown. */
export type RequestKind =
  | "product"
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
  /** What the oracle checks in the answer. */
  readonly reads?: { readonly what: Versioned; readonly id: number }
}

/** What came back. */
export type ShopAnswer =
  | {
      readonly is: "answer"
      readonly status: number
      /** `x-version`, 0 if there is none. */
      readonly version: number
      /** `x-changed`, "" if there is none. */
      readonly changed: string
    }
  /** No HTTP answer: connection refused, reset or timed out. */
  | { readonly is: "failure"; readonly reason: string }
