import type { EntryAddress } from "../entry/key.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import type { NodeAddress } from "./redis-client.ts"
import type { InvalidateRequest } from "./store.ts"

/** What was invalidated: an entry, or a tag. */
export type Invalidation =
  | { readonly address: EntryAddress; readonly request: InvalidateRequest }
  | { readonly tag: TagAddress }

/** Invalidations that a server has acknowledged to this process and need not know of any more. */
export interface Loss {
  /** The server that is in use from now on. */
  readonly node: NodeAddress
  /** Each key and tag once. */
  readonly invalidations: readonly Invalidation[]
  /** Whether more that this process had invalidated is lost than it remembers: any entry of the namespace may be old. */
  readonly isOpen: boolean
  /** Whether all that is stored is to count as old, whoever had invalidated it. */
  readonly isAllLost: boolean
}

/** Finds out where acknowledged invalidations may be lost: when a server was replaced, or was restarted with older data. */
export interface Losses {
  /** Tells of a loss before anything is read from the server that it was found on. One listener; it must not throw. */
  onLoss(listener: (loss: Loss) => void): void
}
