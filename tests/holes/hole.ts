/** One way in which a cache can come to serve what is old, and what is done about it. */
export interface Hole {
  /** What happens. */
  readonly hole: string
  /** Why leases alone do not help. */
  readonly leases: string
  readonly is: Standing
  /** What closes or bounds it. */
  readonly here: string
  /** What is left all the same. */
  readonly rest: string
  /** What its tests show, by their file below `tests`: each is the name of one test, behind the id of the row. */
  readonly shown: Readonly<Record<string, readonly string[]>>
}

/**
 * How a hole stands: nothing is left of it; nothing is left where a cache asks for that; something is left, and bounded; the part that
 * would close it is not built yet.
 */
export type Standing = "closed" | "closed on request" | "bounded" | "not built yet"

/** Rows by their id, in order. */
export type Holes = Readonly<Record<`H${number}`, Hole>>
