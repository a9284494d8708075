import type { TagAddress } from "../entry/tag-address.ts"

/** A time of the tag clock of a namespace (R7). Two are comparable only within one era. */
export interface TagClock {
  /** 32 hex characters, drawn at random (R3). */
  readonly era: string
  /** Rises by one with every invalidation of a tag. */
  readonly counter: number
}

/** What a tag key holds. Whoever waits for nothing but a complete one takes the others for absent. */
export type TagRecord =
  | { readonly is: "absent" }
  /** A filler has begun to make it, and has not read the clock yet. */
  | { readonly is: "half-made" }
  /** When the tag was invalidated last, or made. */
  | { readonly is: "complete"; readonly clock: TagClock }

/** What became of the first half of making a tag: it is there already, or it waits to be completed by this incarnation. */
export type BegunTag =
  | { readonly is: "complete"; readonly clock: TagClock }
  | { readonly is: "half-made"; readonly incarnation: string }

/** What a tag is begun with. */
export interface BeginTagRequest {
  /** 32 hex characters, drawn at random (R3): names this making of the tag. */
  readonly incarnation: string
  /** Of the tag clock, as the caller knows it. */
  readonly era: string
  /** How long the tag is to live from now, in milliseconds. */
  readonly keepMs: number
}

/** What a tag is completed with. */
export interface CompleteTagRequest {
  /** As `beginTag` answered it. */
  readonly incarnation: string
  /** Read after `beginTag` had answered. */
  readonly clock: TagClock
  /** As of {@link BeginTagRequest.keepMs}. */
  readonly keepMs: number
}

/**
 * Keeps tags (R7). A tag is one small key, wherever it lies; an absent tag makes every entry that carries it dead, so an invalidation
 * never makes one and whatever is lost costs a load.
 */
export interface TagStore {
  /** The tag clock as it is now. One that is missing, or was advanced under another server run, begins a new era. */
  readTagClock(): Promise<TagClock>
  /** Advances the tag clock by one, once the change is committed. Answers the time that the tags are to be invalidated with. */
  advanceTagClock(): Promise<TagClock>
  /** What tag keys hold, in the order asked for. Never a script; leaves together with the looks of the turn. */
  lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]>
  /**
   * The first half of making a tag, for fillers only: puts a half-made one under `incarnation` where none is or one of another era is;
   * answers the incarnation of a half-made one that is found, and leaves a complete one of this era as it is. Prolongs, never shortens.
   */
  beginTag(tag: TagAddress, request: BeginTagRequest): Promise<BegunTag>
  /**
   * The second half: completes it with the clock read after the first half, if that incarnation is still there. One that somebody
   * else has completed in this era meanwhile stays as it is. Prolongs, never shortens. `other`: nothing was done.
   */
  completeTag(tag: TagAddress, request: CompleteTagRequest): Promise<"complete" | "other">
  /** Raises a complete tag of this era to a time, removes one of another era or half-made, leaves absent what is absent; tells everybody. */
  invalidateTag(tag: TagAddress, clock: TagClock): Promise<void>
}
