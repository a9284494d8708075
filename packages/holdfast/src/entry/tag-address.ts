import { encodeGroup } from "./key-encoding.ts"
import { slotOf } from "./slot.ts"

/** Where one tag lives, or the tag clock: its key and its hash slot. */
export class TagAddress {
  /** The key, such as `shop:{tag#category:7}`. */
  readonly key: string
  private cachedSlot = -1

  constructor(key: string) {
    this.key = key
  }

  /** The key of its index, in the same slot. */
  get index(): string {
    return `${this.key}:index`
  }

  /** Hash slot in a cluster, 0 to 16383. */
  get slot(): number {
    if (this.cachedSlot === -1) this.cachedSlot = slotOf(this.key)
    return this.cachedSlot
  }

  /** Whether it is that of a group, which lies in one slot with all entries that carry it. */
  get isOfGroup(): boolean {
    return this.key.endsWith(groupSuffix)
  }

  /** Whether the entry with this value key may carry it: of the tag of a group its key tells, of others only the entry does. */
  mayBeOn(valueKey: string): boolean {
    return !this.isOfGroup || valueKey.startsWith(this.key.slice(0, -groupName.length))
  }
}

// No entry has such a key: the name of a cache holds no "#".

/** The tag that every entry of a cache carries, for `clear`. `cache` as of `assertName`. */
export function clearTagAddress(namespace: string, cache: string): TagAddress {
  return new TagAddress(`${namespace}:{clear#${cache}}`)
}

/** No cache has such a name either. */
const groupName = "#group"
const groupSuffix = `}:${groupName}`

/** The tag that every entry of a group carries. Throws `INVALID_GROUP` for the empty text and for what is no text. */
export function groupTagAddress(namespace: string, group: string): TagAddress {
  return new TagAddress(`${namespace}:{${encodeGroup(group)}}:${groupName}`)
}

/** The same for the group of an entry that has one. */
export function groupTagOf(valueKey: string): TagAddress {
  return new TagAddress(`${valueKey.slice(0, valueKey.indexOf("}") + 1)}:${groupName}`)
}

const clockSuffix = ":{clock#tags}"

/** The tag clock of a namespace. */
export function tagClockAddress(namespace: string): TagAddress {
  return new TagAddress(`${namespace}${clockSuffix}`)
}

/** Whether a key is the tag clock of some namespace. */
export function isTagClockKey(key: string): boolean {
  return key.endsWith(clockSuffix)
}

/** A tag of the user's, as of `checkedTagNames`. */
export function tagAddress(namespace: string, tag: string): TagAddress {
  return new TagAddress(`${namespace}:{tag#${encodeGroup(tag)}}`)
}
