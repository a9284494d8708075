import { namespace, cacheName } from "./key-space.ts"

/** The tags of a history: each row is of one category, which a change may change. Their keys lie on different servers of a cluster. */
export const categories = ["red", "blue"] as const

/** One of {@link categories}. */
export type Category = number

/** Where the store keeps the tag that every entry carries. */
export const clearKey = `${namespace}:{clear#${cacheName}}`

/** Where the store keeps what tags need: each tag, the one that every entry carries, and the clock. */
export const tagKeys: readonly string[] = [
  ...categories.map((name) => tagKeyOf(name)),
  clearKey,
  `${namespace}:{clock#tags}`,
]

/** The groups of a history: a key is of one for good. */
const groups = ["even", "odd"] as const

/** The group of a key. */
export function groupOf(key: number): string {
  return groups[key % groups.length] as string
}

/** Where the store keeps the tags of groups. They go where the entries of their group go. */
export const groupTagKeys: readonly string[] = groups.map((group) => `${namespace}:{${group}}:#group`)

/** Where the store keeps a tag. */
export function tagKeyOf(name: string): string {
  return `${namespace}:{tag#${name}}`
}

/** Of the absence of a key: nobody can tell what the row would have been. */
export function homeOf(key: number): Category {
  return key % categories.length
}

/** How many things are promised something: each key, and each key as far as it is of one category. */
export function cellsOf(keys: number): number {
  return keys * (1 + categories.length)
}

/** Where floors keep what is promised of a key as far as it is of one category. */
export function cellOf(keys: number, key: number, category: Category): number {
  return keys * (1 + category) + key
}
