import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findProfile } from "../database/users.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Profiles. Pattern: read-through and write-through, also invalidated by checkouts. Preset: `userProfile`. No near cache.
 *
 * People look at their own change right after they made it, so an old profile would be noticed at once. Where several
 * processes serve, the next request may come to another one, whose near cache could be two seconds behind: so every read
 * asks the store. The price is one round trip for each hit.
 *
 * A checkout touches one profile, whose key it knows: it invalidates that. A tag is for many entries, or unknown ones.
 */
export function profileCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "profile",
    ...presets.userProfile,
    local: false,
    load: (userId: number, { signal }) => findProfile(database, userId, signal),
    version: (profile) => profile.version,
  })
}
