import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findFlags } from "../database/flags.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Feature flags. Pattern: read-through, refreshed ahead, and write-through. Preset: `configuration`.
 *
 * Read on every page, changed by hand: the hottest key of the shop. So in the last five seconds of its ttl one reader of
 * all processes refreshes it in the background, and nobody waits for it or is served one past its ttl. A fixed time, not
 * chance (`earlyRefresh`), because the load is one short query: its cost would start no refresh in time.
 */
export function flagsCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "flags",
    ...presets.configuration,
    refreshAhead: "5s",
    load: (_flags: "all", { signal }) => findFlags(database, signal),
    version: (row) => row.version,
  })
}
