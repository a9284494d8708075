import type { Database } from "./database.ts"

/** The feature flags: one row for the whole shop. */
export interface FeatureFlags {
  readonly flags: Readonly<Record<string, boolean>>
  readonly version: number
}

const find = { name: "find-flags", text: "select flags, version from flags" }

/** The flags as they are now. */
export async function findFlags(database: Database, signal?: AbortSignal): Promise<FeatureFlags | undefined> {
  const [row] = await database.query<FeatureFlags>(find, [], signal)
  return row
}

const edit = {
  name: "edit-flags",
  text: "update flags set flags = flags || $1::jsonb, version = version + 1 returning flags, version",
}

/** Sets some of the flags. */
export async function editFlags(
  database: Database,
  change: Readonly<Record<string, boolean>>,
): Promise<FeatureFlags | undefined> {
  const [row] = await database.query<FeatureFlags>(edit, [JSON.stringify(change)])
  return row
}
