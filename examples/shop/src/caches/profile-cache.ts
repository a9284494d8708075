import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findProfile } from "../database/users.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Profiles. Pattern: read-through and write-through, also invalidated by checkouts. Preset: `userProfile`.
 *
 * People look at their own change right after they made it, so an old profile would be noticed at once.
 */
export function profileCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "profile",
    ...presets.userProfile,
    load: (userId: number, { signal }) => findProfile(database, userId, signal),
    version: (profile) => profile.version,
  })
}
