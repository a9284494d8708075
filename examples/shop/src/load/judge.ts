import { seenVersions } from "./seen-versions.ts"
import type { ShopAnswer, ShopRequest } from "./shop-request.ts"

/** How an answer counts. Only `error` is one. */
export type Verdict =
  | "ok"
  | "not-found"
  | "sold-out"
  | "refused-by-carrier"
  | "refused-by-cache"
  | { readonly error: string }

/**
 * Says how an answer counts.
 *
 * Four answers besides 2xx are part of the shop's business: 404 for a product that was never there, 409 for one that
 * is sold out, 503 for a shipping quote that the carrier, a third party with a rate limit, refused, and 503 for a change of price or
 * stock that was refused, before anything was changed, because the cache could not be told.
 */
export function judge(request: ShopRequest, answer: ShopAnswer): Verdict {
  if (answer.is === "failure") return { error: answer.reason }
  const { status } = answer
  if (request.kind === "missing-product") return status === 404 ? "not-found" : { error: `${status} instead of 404` }
  if (request.kind === "checkout" && status === 409) return "sold-out"
  if (request.kind === "quote" && status === 503) return "refused-by-carrier"
  if (changesAnOffer(request) && status === 503) return "refused-by-cache"
  if (status < 200 || status > 299) return { error: `${request.kind} answered ${status}` }
  const isUnseen = seenVersions(answer, request.reads ?? []).some(({ seen }) => seen === 0)
  if (isUnseen) return { error: `${request.kind} without a version to check` }
  if (request.method !== "GET" && answer.changed === "") return { error: `${request.kind} without x-changed` }
  return "ok"
}

const changesAnOffer = ({ kind }: ShopRequest): boolean =>
  kind === "change-price" || kind === "change-stock" || kind === "checkout"
