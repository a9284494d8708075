import type { ListedLife } from "../../contracts/tag-index-store.ts"
import type { TagRecord } from "../../contracts/tag-store.ts"

/** Reads as the scripts do (`scripts/includes/tag-record.lua`). */
const tagText = /^([0-9a-fA-F-]+) (\d+) ([0-9a-fA-F]+)$/
const clockText = /^([0-9a-f]{32}) (\d+)(?: (\d+))?$/

/** What a tag key holds: its record, and the incarnation it was made under. */
export function readTagText(text: string): { readonly record: TagRecord; readonly incarnation: string } | undefined {
  const [, era, counter, incarnation] = tagText.exec(text) ?? []
  if (era === undefined || incarnation === undefined) return undefined
  const record: TagRecord =
    era === "-" ? { is: "half-made" } : { is: "complete", clock: { era, counter: Number(counter) } }
  return { record, incarnation }
}

/** The answer of `tag-clock`. */
export function readClockText(text: string): ListedLife | undefined {
  const [, era, counter, longest = "0"] = clockText.exec(text) ?? []
  return era === undefined ? undefined : { clock: { era, counter: Number(counter) }, longestMs: Number(longest) }
}
