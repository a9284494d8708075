import type { Floors } from "../oracles/floors.ts"
import { categories, cellOf, groupOf, type Category } from "./categories.ts"
import type { KeySpace } from "./key-space.ts"
import type { Peer } from "./peer.ts"
import type { OperationPlan } from "./plan.ts"
import type { Source } from "./source.ts"

interface BulkParts {
  readonly keys: KeySpace
  readonly source: Source
  readonly floors: Floors
}

/** Share of the invalidations whose tag is that of the row that the plan names. */
const ownShare = 0.7

/** All rows of a category change, and their tag is invalidated. */
export async function invalidateTags(parts: BulkParts, peer: Peer, { key, roll }: OperationPlan): Promise<string> {
  const { source } = parts
  const own = source.category(key, source.newest(key))
  const category = roll < ownShare ? own : (own + 1) % categories.length
  const tag = categories[category] as string
  return `${tag}, ${await changeMany(parts, peer, [category], () => peer.invalidateTags([tag]))}`
}

/** All rows of a group change, and it is invalidated: whatever their category, entries of its keys that are older are dead. */
export async function invalidateGroup(
  parts: BulkParts,
  { process, invalidateGroup: invalidate }: Peer,
  plan: OperationPlan,
): Promise<string> {
  const { source, floors, keys } = parts
  const group = groupOf(plan.key)
  const isMeant = (key: number): boolean => groupOf(key) === group
  await source.changeMany(process, [...categories.keys()], isMeant)
  const { era } = floors
  const newest = keys.names.map((_, key) => source.newest(key))
  const { delivered } = await invalidate(group)
  for (const [key, version] of newest.entries()) {
    if (!isMeant(key)) continue
    for (const category of categories.keys())
      floors.acknowledge(process.id, cellOf(newest.length, key, category), version, delivered, era)
  }
  return `${group}, versions ${newest.join(", ")}, delivered: ${delivered}`
}

/** All rows change, and the cache is cleared. */
export async function clear(parts: BulkParts, peer: Peer): Promise<string> {
  return changeMany(parts, peer, [...categories.keys()], () => peer.cache.clear())
}

/** An entry of any other row that is of such a category and older than its row is now was loaded before, too, and is dead as well. */
async function changeMany(
  { source, floors, keys }: BulkParts,
  { process }: Peer,
  meant: readonly Category[],
  invalidate: () => Promise<{ readonly delivered: boolean }>,
): Promise<string> {
  await source.changeMany(process, meant)
  const { era } = floors
  const newest = keys.names.map((_, key) => source.newest(key))
  const { delivered } = await invalidate()
  for (const [key, version] of newest.entries()) {
    for (const category of meant) {
      floors.acknowledge(process.id, cellOf(newest.length, key, category), version, delivered, era)
    }
  }
  return `versions ${newest.join(", ")}, delivered: ${delivered}`
}
