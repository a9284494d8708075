import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findFlags } from "../database/flags.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Feature flags. Pattern: read-through and write-through. Preset: `configuration`.
 *
 * Read on every page, changed by hand: the hottest key of the shop. When it is invalidated, all callers of that moment
 * wait for one load.
 */
export function flagsCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "flags",
    ...presets.configuration,
    load: (_flags: "all", { signal }) => findFlags(database, signal),
    version: (row) => row.version,
  })
}
