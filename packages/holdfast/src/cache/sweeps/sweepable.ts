import type { Glob } from "../../entry/glob.ts"
import type { ScannedKey } from "./key-stream.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweep-options.ts"

/** What can be looked through for keys of a kind: a cache, or a whole namespace. */
export interface Sweepable {
  /**
   * Finds the entries, each once, on every server, by SCAN: ``for await (const { key } of cache.scan({ match: glob`a*` }))``. What is there
   * from the first step to the end is found, wherever it is moved meanwhile; of what comes or goes, any part. The servers are asked no faster
   * than the keys are taken. Of each key found 23 bytes are kept at most, until the end.
   *
   * Throws `INVALID_PATTERN`, `INVALID_OPTION`, `INVALID_DURATION` or `CLOSED`; the iteration rejects with `SWEEP_INCOMPLETE` if a server does not
   * answer, and with `CALL_TIMEOUT` or the signal's reason.
   */
  scan(options?: ScanOptions): AsyncIterableIterator<ScannedKey>
  /**
   * Invalidates every entry whose key matches, on every server, each as `invalidate` does, and bars loads and writes of such keys that
   * have begun from storing. It walks over all keys of the servers, twice: what can be named by a tag costs far less. A sweep that is
   * ended by `signal` or `timeout` leaves done what it has done.
   *
   * Rejects with `INVALID_PATTERN` for what is no `glob`, with `SWEEP_INCOMPLETE` if it did not come to its end, with `CALL_TIMEOUT` or the signal's
   * reason.
   */
  invalidatePattern(match: Glob, options?: PatternOptions): Promise<PatternDelivery>
}
