import type { LeaseGrant } from "../contracts/store.ts"

/** A value that the store holds. */
export interface LookupHit<V> {
  /** Tells the two apart. */
  readonly hit: true
  /** Undefined: the store remembers that it is not in the source. */
  readonly value: V | undefined
}

/** A miss, with the right to fill it. End it by `fill` or `release`, or with `await using`. */
export interface LookupMiss<V> extends AsyncDisposable {
  /** Tells the two apart. */
  readonly hit: false
  /** Whether this miss holds a lease: without one `fill` answers false. */
  readonly leased: boolean
  /** Stores the value if the key was not invalidated meanwhile; undefined stores "not in the source". Answers whether it was stored. */
  fill(value: V | undefined): Promise<boolean>
  /** Gives the lease back, so that others need not wait for it to end. */
  release(): Promise<void>
}

/** What `lookup` answers; branch on `hit`. */
export type Lookup<V> = LookupHit<V> | LookupMiss<V>

/**
 * A miss of a hand-made cache-aside. Its lease is not extended and ends at the load timeout.
 *
 * @param grant undefined when somebody else holds the lease or the store is away
 */
export function lookupMiss<V>(
  grant: LeaseGrant | undefined,
  fill: (grant: LeaseGrant, value: V | undefined) => Promise<boolean>,
  release: (grant: LeaseGrant) => void,
): LookupMiss<V> {
  let open = grant
  const end = async (): Promise<void> => {
    if (open !== undefined) release(open)
    open = undefined
  }
  return {
    hit: false,
    leased: grant !== undefined,
    async fill(value) {
      const mine = open
      open = undefined
      return mine !== undefined && fill(mine, value)
    },
    release: end,
    [Symbol.asyncDispose]: end,
  }
}
