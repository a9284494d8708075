import type { InvalidateRequest } from "../contracts/store.ts"
import { encodeVersion } from "../entry/version.ts"
import { errorOfCache } from "../errors/error-owner.ts"
import { invalidOption } from "../errors/option-checks.ts"
import type { InvalidateOptions, Version } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"

/** What `invalidate` asks of the store. Throws `INVALID_OPTION` or `INVALID_VERSION`. */
export function invalidateRequest(
  settings: Pick<CacheSettings<never, never>, "name" | "versionOf" | "graceMs" | "tombstoneMs">,
  { expire, version }: Pick<InvalidateOptions, "expire" | "version">,
): InvalidateRequest {
  if (version !== undefined && settings.versionOf === undefined) {
    throw invalidOption("version", `is of no use: cache "${settings.name}" does not know the versions of its values.`)
  }
  return {
    mode: expire === true && settings.graceMs > 0 ? "expire" : "drop",
    graceMs: settings.graceMs,
    version: version === undefined ? undefined : versionIn(settings.name, version),
    tombstoneMs: settings.tombstoneMs,
  }
}

/** Encoded. Throws `INVALID_VERSION`, naming the cache. */
export function versionIn(cache: string, version: Version): string {
  try {
    return encodeVersion(version)
  } catch (error) {
    throw errorOfCache(cache, error)
  }
}
