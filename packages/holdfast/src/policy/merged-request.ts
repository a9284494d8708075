import type { InvalidateRequest } from "../contracts/store.ts"
import { isNewer } from "../entry/version.ts"

/** One invalidation in place of two of the same key: drop beats expire, the highest version and the shortest grace win. */
export function mergedRequest(a: InvalidateRequest, b: InvalidateRequest): InvalidateRequest {
  return {
    mode: a.mode === "drop" || b.mode === "drop" ? "drop" : "expire",
    version:
      a.version === undefined || (b.version !== undefined && isNewer(b.version, a.version)) ? b.version : a.version,
    graceMs: Math.min(a.graceMs, b.graceMs),
    tombstoneMs: Math.max(a.tombstoneMs, b.tombstoneMs),
  }
}
