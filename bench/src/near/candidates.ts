import type { NearCandidate } from "./candidate.ts"
import { asyncCacheDedupe } from "./candidates/async-cache-dedupe.ts"
import { bentocache } from "./candidates/bentocache.ts"
import { cacheManager } from "./candidates/cache-manager.ts"
import { cacheable } from "./candidates/cacheable.ts"
import { holdfastNear, holdfastWithTags } from "./candidates/holdfast.ts"
import { layeredLoader } from "./candidates/layered-loader.ts"
import { exactLruCache, lruCacheWithTtl } from "./candidates/lru-cache.ts"

/** Everybody who is measured; ratios are taken against `reference` in the same round. */
export const candidates: readonly NearCandidate[] = [
  lruCacheWithTtl,
  exactLruCache,
  holdfastNear,
  holdfastWithTags,
  layeredLoader,
  asyncCacheDedupe,
  cacheManager,
  cacheable,
  bentocache,
]

export const reference = lruCacheWithTtl.id
