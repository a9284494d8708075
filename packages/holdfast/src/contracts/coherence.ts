import type { TagClock } from "./tag-store.ts"

/** What has changed in the store, as heard from a server. */
export type Change =
  /** An entry was invalidated or written; `key` is its value key. */
  | { readonly is: "key"; readonly key: string }
  /** A tag was invalidated, or made anew; `key` is its key. */
  | { readonly is: "tag"; readonly key: string; readonly clock: TagClock }
  /** Somebody, perhaps this library itself, has written to a key of the namespace, or it has gone: an entry, a tag or whatever it is. */
  | { readonly is: "touched"; readonly key: string }
  /** Entries of a cache that the store may not even have any more are invalid, and which is not told. Without a name: of any cache. */
  | { readonly is: "cache"; readonly cache: string | undefined }

/** Whether changes are heard that others than this library make, and if not, why. */
export interface TrackingState {
  /** `off`: nobody has asked for it, or there is no copy that it would be for. `on`: tests have shown that it delivers. */
  readonly state: "off" | "on" | "unavailable"
  /** Why it is not on, in words for people; undefined if it is, or if nobody has asked for it. */
  readonly why: string | undefined
}

/**
 * One server as a witness of the changes that are made on it: they are heard in the order in which they were made. Compared by
 * identity; its fields change in time.
 */
export interface Witness {
  /** Rises with every fence: what was remembered under another number may have changed unheard. */
  readonly fence: number
  /** Monotonic time in milliseconds: every change made there before it has been heard. -Infinity while fenced. */
  readonly provedMs: number
}

/** Whether what was proved may have ended. */
export interface Doubts {
  /**
   * Rises with whatever ends a proof before its time, or what it proved: a fence, a connection that is lost, a known tag that has changed.
   * While it stays, what was found proved up to some time remains so.
   */
  count: number
}

/** How far one server can be vouched for. */
export interface WitnessState {
  /** Its host and port, or "in-process". */
  readonly node: string
  /** Age of the latest proof in milliseconds; undefined while fenced. */
  readonly provedAgoMs: number | undefined
  /** Why it is fenced. */
  readonly why: string | undefined
  /** Whether that is only because the first proof is still on its way; absent: it is not. */
  readonly isStarting?: boolean
}

/** What keeps copies of store data in a process right: news of every change, and a proof of how complete the news is. */
export interface Coherence {
  /** Everybody whose proofs rest on this counts here what ends them. */
  readonly doubts: Doubts
  /** Who vouches for the keys of a slot; undefined while nobody can. `of` is an address, whose slot is asked for only where there are several servers. */
  witness(of: { readonly slot: number }): Witness | undefined
  /** Hears every change at least once, perhaps late and out of order where it is heard from several servers. Returns the end of it. */
  onChange(listener: (change: Change) => void): () => void
  /** Asks for proofs at least this often, in milliseconds. The shortest that was asked for counts. */
  prove(everyMs: number): void
  /**
   * The outage of the server of a slot: it lasts from a command that failed until one is answered, or the server is connected to anew.
   * Compared by identity; undefined while there is none. Absent where nobody can say, and then nothing is kept through outages.
   */
  outage?(of: { readonly slot: number }): object | undefined
  /** One per server. */
  states(): readonly WitnessState[]
  /** Absent: it is off. */
  tracking?(): TrackingState
}
