import type { IsolationMode } from "../contracts/near-tier.ts"
import { invalidOption, positiveInteger, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs } from "../policy/duration.ts"
import type { LocalOptions } from "./cache-options.ts"

/** How the near cache of one cache is set. */
export interface NearSettings {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxStalenessMs: number
  readonly isolate: IsolationMode
  readonly outageCache: boolean
}

const modes: readonly IsolationMode[] = ["freeze", "clone", "share"]
const knownOptions: Record<keyof LocalOptions, true> = {
  maxEntries: true,
  maxBytes: true,
  maxStaleness: true,
  isolate: true,
  outageCache: true,
}
/** A shorter bound would send more beats than it saves looks. */
const shortestMs = 100

/** Undefined: no near cache. Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function nearSettings(local: LocalOptions | false = {}): NearSettings | undefined {
  if (local === false) return undefined
  if (typeof local !== "object" || local === null) throw invalidOption("local", "must be an object or false.")
  refuseUnknownOptions(local, knownOptions, "`local`")
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024, maxStaleness = "2s" } = local
  const { isolate = "freeze", outageCache = true } = local
  const maxStalenessMs = durationMs("local.maxStaleness", maxStaleness)
  if (maxStalenessMs < shortestMs) throw invalidOption("local.maxStaleness", `must be at least ${shortestMs} ms.`)
  if (!modes.includes(isolate)) throw invalidOption("local.isolate", `must be one of "${modes.join('", "')}".`)
  if (typeof outageCache !== "boolean") throw invalidOption("local.outageCache", "must be true or false.")
  return {
    maxEntries: positiveInteger("local.maxEntries", maxEntries),
    maxBytes: positiveInteger("local.maxBytes", maxBytes),
    maxStalenessMs,
    isolate,
    outageCache,
  }
}
