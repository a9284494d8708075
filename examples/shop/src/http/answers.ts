import type { Context } from "hono"
import type { Product } from "../database/products.ts"
import { cachePatterns } from "../caches/cache-patterns.ts"
import type { CacheName } from "../caches/cache-patterns.ts"
import { formatVersions } from "./row-version.ts"
import type { RowVersion } from "./row-version.ts"

/** How the routes answer: JSON, and headers that say which version this is and how it was cached. */
export interface Answers {
  /** A cached resource, or 404. `x-version` is there if the resource has a version. */
  read(context: Context, cache: CacheName, value: object | undefined): Response
  /** Products side by side, those that there are. `x-versions` names each with its version, as `x-changed` does. */
  readMany(context: Context, cache: CacheName, products: readonly Product[]): Response
  /** The result of a write. `x-changed` names every row that got a new version. */
  changed(context: Context, cache: CacheName, value: object, changes: readonly RowVersion[]): Response
}

/** `cached: false` is the service as it would be without a cache: the header says "none". */
export function createAnswers({ cached }: { readonly cached: boolean }): Answers {
  const pattern = (cache: CacheName): string => (cached ? cachePatterns[cache] : "none")
  return {
    read(context, cache, value) {
      const headers: Record<string, string> = { "x-cache-pattern": pattern(cache) }
      if (value === undefined) return context.json({ error: "not found" }, 404, headers)
      const version = versionOf(value)
      if (version !== undefined) headers["x-version"] = String(version)
      return context.json(value, 200, headers)
    },
    readMany(context, cache, products) {
      const versions = products.map(({ id, version }) => ({ what: "product", id, version }) as const)
      return context.json(products, 200, {
        "x-cache-pattern": pattern(cache),
        "x-versions": formatVersions(versions),
      })
    },
    changed(context, cache, value, changes) {
      return context.json(value, 200, {
        "x-cache-pattern": pattern(cache),
        "x-changed": formatVersions(changes),
      })
    },
  }
}

function versionOf(value: object): number | undefined {
  return "version" in value && typeof value.version === "number" ? value.version : undefined
}
