import type { StrictTerm } from "../contracts/store.ts"
import { invalidOption } from "../errors/option-checks.ts"
import { durationMs } from "../policy/duration.ts"
import type { SharedCacheOptions } from "./cache-options.ts"

/** What holds in a strict cache. */
export interface StrictSettings {
  readonly term: StrictTerm
  /** What becomes of a write whose window cannot be opened. */
  readonly onUnavailable: "fail" | "write"
}

type ConsistencyOptions = Pick<
  SharedCacheOptions<never, never>,
  "consistency" | "windowTerm" | "onUnavailable" | "local"
>

/** A control record outlives its value by this, so that a key that is read now and then is not taken for unknown each time. */
const recordRestMs = 60_000
/** A shorter one would end before a server that stalls for a moment has answered. */
const shortestTermMs = 100

/** Undefined: the cache is leased. Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function strictSettings(
  options: ConsistencyOptions,
  { ttlMs, graceMs, tombstoneMs }: { readonly ttlMs: number; readonly graceMs: number; readonly tombstoneMs: number },
): StrictSettings | undefined {
  const { consistency = "leased", windowTerm, onUnavailable, local } = options
  if (consistency !== "leased" && consistency !== "strict")
    throw invalidOption("consistency", 'must be "leased" or "strict".')
  if (consistency === "leased") {
    if (windowTerm !== undefined) throw invalidOption("windowTerm", 'needs `consistency: "strict"` beside it.')
    if (onUnavailable !== undefined) throw invalidOption("onUnavailable", 'needs `consistency: "strict"` beside it.')
    return undefined
  }
  if (local !== undefined && local !== false)
    throw invalidOption("local", "must be false in a strict cache: what is kept in a process may be old.")
  if (graceMs > 0) throw invalidOption("grace", 'must be "0s" or left out in a strict cache: it serves nothing stale.')
  if (onUnavailable !== undefined && onUnavailable !== "fail" && onUnavailable !== "write")
    throw invalidOption("onUnavailable", 'must be "fail" or "write".')
  const termMs = durationMs("windowTerm", windowTerm ?? "5s")
  if (termMs < shortestTermMs) throw invalidOption("windowTerm", `must be at least ${shortestTermMs} ms.`)
  return { term: { termMs, keepMs: ttlMs + recordRestMs, tombstoneMs }, onUnavailable: onUnavailable ?? "fail" }
}
