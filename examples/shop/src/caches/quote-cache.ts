import type { Carrier } from "../carrier/carrier.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Shipping quotes of a third party with a rate limit. Pattern: read-through, stale on error. Own times.
 *
 * The carrier cannot tell us when its prices change, so the ttl is the promise; and it refuses calls above its limit, so a
 * quote past its ttl may still be served for an hour while the carrier says no.
 */
export function quoteCache(holdfast: CacheMaker, carrier: Carrier) {
  return holdfast.cache({
    name: "shipping-quote",
    ttl: "10m",
    grace: "1h",
    jitter: "10%",
    load: ([country, parcel]: readonly [string, string], { signal }) => carrier.quote(country, parcel, signal),
  })
}
