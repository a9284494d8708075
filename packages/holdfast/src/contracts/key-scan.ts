/** How much of a server's time a sweep may take. */
export interface SweepPace {
  /** How long one command may keep a server busy, in milliseconds: what is asked for at one time is fitted to it. */
  readonly budgetMs: number
  /** Share of the time for which a server is kept busy at most, above 0 and up to 1; the sweep rests in between. */
  readonly share: number
}

/** How far a sweep has come. */
export interface SweepProgress {
  /** Servers that are swept at the moment; 0 between two rounds. */
  readonly servers: number
  /** 1, and one more for each time that slots had to be swept again because they had moved. */
  readonly round: number
  /** Commands so far. */
  readonly scans: number
}

/** A wish for all keys of a kind. */
export interface KeySweep {
  /** What all the names begin with, as text. */
  readonly prefix: string
  /** A glob as servers understand it, which begins with the prefix. A store may bring names that do not fit it. */
  readonly pattern: string
  /** How fast to go. */
  readonly pace: SweepPace
  /** Ends the sweep, which then rejects with the reason. */
  readonly signal: AbortSignal
  /** Gets names, some of them repeatedly. Where they come from nothing more is asked before it resolves; if it rejects, so does the sweep. */
  readonly onKeys: (names: readonly string[]) => Promise<void>
  /** Told after every command. */
  readonly onProgress: (progress: SweepProgress) => void
}

/** Finds what is in a store. */
export interface KeyScan {
  /**
   * Brings the name of every key that fits the pattern and is there from the call to its end without a break, wherever it is moved
   * meanwhile; of what comes or goes, any part.
   *
   * Rejects with what `onKeys` threw, with the signal's reason, with `CLOSED`, or with `SWEEP_INCOMPLETE` if a server could not be
   * swept to its end.
   */
  sweepKeys(sweep: KeySweep): Promise<void>
  /**
   * Tells every process to drop its copies of entries of this cache, or of all caches: the store may not have them any more, so that
   * nothing it finds can name them. Rejects if a server could not be told.
   */
  dropCopies(cache: string | undefined): Promise<void>
}
