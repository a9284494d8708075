import type { Database } from "./database.ts"

/** What a user sees on the account page. */
export interface Profile {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly country: string
  readonly tier: string
  readonly newsletter: boolean
  readonly joinedOn: Date
  /** How many orders were placed. */
  readonly orders: number
  readonly version: number
}

const columns = `id, name, email, country, tier, newsletter, joined_on as "joinedOn", orders, version`

const find = { name: "find-profile", text: `select ${columns} from users where id = $1` }

/** One profile, or undefined if there is no such user. */
export async function findProfile(database: Database, id: number, signal?: AbortSignal): Promise<Profile | undefined> {
  const [profile] = await database.query<Profile>(find, [id], signal)
  return profile
}

const edit = {
  name: "edit-profile",
  text: `update users set newsletter = $2, tier = $3, version = version + 1 where id = $1 returning ${columns}`,
}

/** Changes the preferences; undefined if there is no such user. */
export async function editProfile(
  database: Database,
  id: number,
  change: { readonly newsletter: boolean; readonly tier: string },
): Promise<Profile | undefined> {
  const [profile] = await database.query<Profile>(edit, [id, change.newsletter, change.tier])
  return profile
}
