import { invalidOption } from "../errors/option-checks.ts"
import { digestOf, type Digest } from "./digest.ts"
import { encodeGroup } from "./key-encoding.ts"
import { slotOf } from "./slot.ts"
import { groupTagOf, type TagAddress } from "./tag-address.ts"

export { encodeKey, isPlainKey, textOfKey } from "./key-encoding.ts"

const namePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** Where one entry lives: its keys, its hash slot, and the digest that its stored bytes must carry (R8). */
export class EntryAddress {
  /** The key that holds the entry, such as `shop:{product:42}`. */
  readonly value: string
  private cachedSlot = -1
  private cachedDigest: Digest | undefined = undefined
  private cachedGroupTag: TagAddress | undefined = undefined

  constructor(value: string) {
    this.value = value
  }

  /** The key of the control record: lease, windows, tombstone. */
  get control(): string {
    return `${this.value}:ctl`
  }

  /** Hash slot in a cluster, 0 to 16383. */
  get slot(): number {
    if (this.cachedSlot === -1) this.cachedSlot = slotOf(this.value)
    return this.cachedSlot
  }

  /** Whether it has a group, and so shares its slot: only where there is none does the part in braces end the key. */
  get isOfGroup(): boolean {
    return !this.value.endsWith("}")
  }

  /** Text of its group as it stands in its keys; undefined if it has none. */
  get group(): string | undefined {
    return this.isOfGroup ? this.value.slice(this.value.indexOf("{") + 1, this.value.indexOf("}")) : undefined
  }

  /** The tag that every entry of its group carries, in the same slot; undefined if it has no group. */
  get groupTag(): TagAddress | undefined {
    return this.isOfGroup ? (this.cachedGroupTag ??= groupTagOf(this.value)) : undefined
  }

  /** Upper 32 bits of the digest of namespace, cache and key. */
  get digestHigh(): number {
    return this.digest.high
  }

  /** Lower 32 bits of the digest of namespace, cache and key. */
  get digestLow(): number {
    return this.digest.low
  }

  private get digest(): Digest {
    return (this.cachedDigest ??= digestOf(this.value))
  }
}

/** Makes the addresses of one cache. */
export interface EntryAddressing {
  /** What the value keys of entries without a group begin with; the encoded key and "}" follow. */
  readonly prefix: string
  /** `keyText` as of `encodeKey`; `group` is the text between the braces, and defaults to cache name and key. */
  of(keyText: string, group?: string): EntryAddress
}

/** Prepares what all addresses of one cache have in common. Throws `INVALID_OPTION` for a name that keys cannot carry. */
export function entryAddressing(namespace: string, cacheName: string): EntryAddressing {
  assertName("namespace", namespace)
  assertName("name", cacheName)
  const alone = `${namespace}:{${cacheName}:`
  return {
    prefix: alone,
    of(keyText, group) {
      if (group === undefined) return new EntryAddress(`${alone}${keyText}}`)
      return new EntryAddress(`${namespace}:{${encodeGroup(group)}}:${cacheName}:${keyText}`)
    },
  }
}

/** The address of one entry; `keyText` as of `encodeKey`. */
export function entryAddress(namespace: string, cacheName: string, keyText: string, group?: string): EntryAddress {
  return entryAddressing(namespace, cacheName).of(keyText, group)
}

/** What the key of an entry says of it. */
export interface EntryNames {
  /** Name of its cache. */
  readonly cache: string
  /** Text of its key: a text or number that needs no escaping as it is; else escaped, and hashed if it is an object or long. */
  readonly key: string
  /** Text of its group, if it has one. */
  readonly group?: string
}

/** Reads the value key of an entry; undefined if it is none of this namespace. */
export function readEntryKey(namespace: string, valueKey: string): EntryNames | undefined {
  if (!valueKey.startsWith(`${namespace}:{`)) return undefined
  const inside = valueKey.slice(namespace.length + 2)
  const [, alone, keyAlone] = /^([^:{}]+):([^{}]+)}$/.exec(inside) ?? []
  if (alone !== undefined && keyAlone !== undefined) return { cache: alone, key: keyAlone }
  const [, group, cache, key] = /^([^{}]+)}:([^:{}]+):([^{}]+)$/.exec(inside) ?? []
  return group === undefined || cache === undefined || key === undefined ? undefined : { cache, key, group }
}

/** Whether `text` can name a namespace or cache: a letter, then at most 63 of letters, digits, `_.-`. */
export function isName(text: unknown): text is string {
  return typeof text === "string" && namePattern.test(text)
}

/** Throws `INVALID_OPTION` unless `text` is such a name. */
export function assertName(option: string, text: string): void {
  if (isName(text)) return
  throw invalidOption(option, 'must be a letter followed by up to 63 letters, digits, "_", "." or "-".')
}
