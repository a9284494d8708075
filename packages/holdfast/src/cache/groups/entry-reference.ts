import type { EntryAddress } from "../../entry/key.ts"
import type { CallOptions } from "../cache-options.ts"

/** One entry of a cache: what `getTogether` reads, and where it lies. */
export interface EntryReference<V> {
  /** Name of its cache. */
  readonly cache: string
  /** Its key in the store, such as `shop:{user:123}:profile:123`. */
  readonly storeKey: string
  /** Its hash slot in a cluster, 0 to 16383. */
  readonly slot: number
  /** Text of its group as it stands in the store, for reading and not for `invalidateGroup`; undefined: it has a slot of its own. */
  readonly group: string | undefined
  /** Reads it, as `get` of its cache does. */
  get(options?: CallOptions): Promise<V | undefined>
}

/** The slot is computed when it is asked for. */
export function entryReference<V>(
  cache: string,
  address: EntryAddress,
  get: (options?: CallOptions) => Promise<V | undefined>,
): EntryReference<V> {
  return {
    cache,
    storeKey: address.value,
    get slot() {
      return address.slot
    },
    get group() {
      return address.group
    },
    get,
  }
}
