import type { Holdfast } from "./holdfast.ts"
import type { ListTagOptions } from "./tags/tag-listing.ts"

/** What is listed ends this much later than the entry, because it is not known when exactly it is stored. */
export const slackMs = 2000

/** Cache and key of all that a listing names. */
export async function listed(holdfast: Holdfast, tag = "t", options?: ListTagOptions): Promise<string[]> {
  const names: string[] = []
  for await (const { cache, key } of holdfast.listTag(tag, options)) names.push(`${cache} ${key}`)
  return names.toSorted()
}

/** Whether a listing calls itself complete. */
export async function isComplete(holdfast: Holdfast, tag = "t"): Promise<boolean | undefined> {
  const listing = holdfast.listTag(tag)
  for await (const { cache } of listing) if (cache === "") throw new Error("A cache has a name.")
  return listing.complete
}
