import { invalidOption, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs, shareOf, type Duration, type Share } from "../policy/duration.ts"
import type { EarlyRefreshPolicy } from "../policy/early-refresh.ts"
import type { EntryPolicy } from "./cache-options.ts"

type RenewalOptions = Pick<EntryPolicy, "sliding" | "refreshAhead" | "earlyRefresh">

/** When entries are refreshed before their end; undefined: never. Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function earlyRefresh(
  options: RenewalOptions,
  ttlMs: number,
  hasLoader: boolean,
): EarlyRefreshPolicy | undefined {
  const { refreshAhead } = options
  const beta = betaOf(options.earlyRefresh)
  if (refreshAhead === undefined && beta === undefined) return undefined
  if (!hasLoader) {
    throw invalidOption(refreshAhead === undefined ? "earlyRefresh" : "refreshAhead", "needs `load` beside it.")
  }
  if (typeof refreshAhead === "string" && refreshAhead.endsWith("%")) {
    return { ttlMs, aheadMs: undefined, aheadShare: shareOf("refreshAhead", refreshAhead as Share), beta }
  }
  const aheadMs = refreshAhead === undefined ? undefined : durationMs("refreshAhead", refreshAhead as Duration)
  if (aheadMs !== undefined && aheadMs >= ttlMs) throw invalidOption("refreshAhead", "must be shorter than the ttl.")
  return { ttlMs, aheadMs, aheadShare: undefined, beta }
}

function betaOf(given: EntryPolicy["earlyRefresh"]): number | undefined {
  if (given === undefined || given === false) return undefined
  if (typeof given === "object" && given !== null) refuseUnknownOptions(given, { beta: true }, "`earlyRefresh`")
  const beta = given === true ? 1 : typeof given === "object" && given !== null ? (given.beta ?? 1) : undefined
  if (typeof beta === "number" && beta > 0 && Number.isFinite(beta)) return beta
  throw invalidOption("earlyRefresh", "must be true, false or `{ beta }` with a number above 0.")
}

/** How long an entry may live at most by being read, in milliseconds; undefined: reading renews nothing. Throws as above. */
export function absoluteTtl(options: RenewalOptions, ttlMs: number): number | undefined {
  const { sliding, refreshAhead, earlyRefresh: early } = options
  if (sliding === undefined) return undefined
  if (typeof sliding !== "object" || sliding === null) throw invalidOption("sliding", "must be `{ absoluteTtl }`.")
  refuseUnknownOptions(sliding, { absoluteTtl: true }, "`sliding`")
  if (refreshAhead !== undefined || (early !== undefined && early !== false)) {
    throw invalidOption(
      "sliding",
      "cannot be combined with `refreshAhead` or `earlyRefresh`: reading moves the end that these refresh before.",
    )
  }
  const absoluteTtlMs = durationMs("sliding.absoluteTtl", sliding.absoluteTtl)
  if (absoluteTtlMs < ttlMs) throw invalidOption("sliding.absoluteTtl", "must not be shorter than the ttl.")
  return absoluteTtlMs
}
