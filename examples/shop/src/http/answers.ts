import type { Context } from "hono"
import { cachePatterns } from "../caches/cache-patterns.ts"
import type { CacheName } from "../caches/cache-patterns.ts"
import { formatChanges } from "./change.ts"
import type { Change } from "./change.ts"

/** How the routes answer: JSON, and headers that say which version this is and how it was cached. */
export interface Answers {
  /** A cached resource, or 404. `x-version` is there if the resource has a version. */
  read(context: Context, cache: CacheName, value: object | undefined): Response
  /** The result of a write. `x-changed` names every row that got a new version. */
  changed(context: Context, cache: CacheName, value: object, changes: readonly Change[]): Response
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
    changed(context, cache, value, changes) {
      return context.json(value, 200, {
        "x-cache-pattern": pattern(cache),
        "x-changed": formatChanges(changes),
      })
    },
  }
}

function versionOf(value: object): number | undefined {
  return "version" in value && typeof value.version === "number" ? value.version : undefined
}
