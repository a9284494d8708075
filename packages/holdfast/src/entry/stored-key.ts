import { decodeKey, type DecodedKey } from "./decoded-key.ts"

/** An entry, as the name of one of its two keys in the store tells it. */
export interface StoredKey {
  /** Name of its cache. */
  readonly cache: string
  /** Its value key. */
  readonly value: string
  /** Whether the name is that of its control record. */
  readonly isControl: boolean
  /** Whether it has a group, and so shares its hash slot. */
  readonly isGrouped: boolean
  readonly key: DecodedKey
}

const alone = /^([A-Za-z][\w.-]{0,63}):([^{}]*)\}(:ctl)?$/
const grouped = /^[^{}]+\}:([A-Za-z][\w.-]{0,63}):([^{}]+?)(:ctl)?$/

/** Reads the name of a key of a namespace; undefined if it is no entry's: a tag, a clock, a beat, or another program's. */
export function storedKeyOf(namespace: string, name: string): StoredKey | undefined {
  const prefix = `${namespace}:{`
  if (!name.startsWith(prefix)) return undefined
  const rest = name.slice(prefix.length)
  const lone = alone.exec(rest)
  const [, cache, text, suffix] = lone ?? grouped.exec(rest) ?? []
  const key = text === undefined || text === "" ? undefined : decodeKey(text)
  if (cache === undefined || key === undefined) return undefined
  const value = suffix === undefined ? name : name.slice(0, -suffix.length)
  return { cache, value, isControl: suffix !== undefined, isGrouped: lone === null, key }
}
