import type { ErrorCode } from "./error-codes.ts"

/** What was wrong, in one sentence for each code, for the reference page. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  INVALID_OPTION: "An option has a value that Holdfast refuses.",
  INVALID_DURATION:
    "A duration is not in a form Holdfast accepts; bare numbers are refused because their unit is a guess.",
  INVALID_KEY: "A key cannot be encoded without risk of meeting another key.",
  INVALID_GROUP: "A group is no text, or the empty one.",
  INVALID_VERSION: "A version is not a non-negative integer or a non-empty string.",
  INVALID_TAG: "A tag is no text, empty or too long, or an entry has too many of them.",
  INVALID_PATTERN: "A pattern is no `glob` template, cannot be read, or names no cache where it must.",
  DUPLICATE_CACHE: "Two caches of one namespace have the same name, so their keys would meet.",
  UNKNOWN_CLIENT: "The object given as `redis` has the shape of no supported client.",
  CLIENT_NOT_SUPPORTED: "The client is of a known kind but has a setting or topology that Holdfast cannot work with.",
  SERVER_NOT_SUPPORTED: "The server lacks something that Holdfast needs, such as scripting.",
  VALUE_NOT_ENCODABLE:
    "A value holds something that the codec cannot carry, so a hit and a miss would give different data.",
  VALUE_NOT_DECODABLE: "Stored bytes could not be decoded.",
  NO_LOADER: "The call needs a loader and this cache has none.",
  PUT_NOT_SAFE: "`put` on a cache with a loader and without `version` could store a value that is already old.",
  LOAD_TIMEOUT: "The loader took longer than the hard load timeout.",
  LOAD_FAILED_ELSEWHERE: "Another process held the lease for this key and its load failed.",
  INVALID_LOAD_RESULT:
    "`loadMany` answered something that leaves open which value belongs to a key: two for one key, rows without `keyOf`, or what is no key.",
  ENTRY_NOT_LOADING: "A loader spoke of an entry after it had ended, or of a key that it was not called for.",
  NO_PREVIOUS_VALUE: "A loader answered that a value is unchanged, and there was none.",
  BATCH_PARTIAL:
    "Some of the keys of a `getMany`, or of the entries of a `getTogether`, or all of them, could not be read. Not retryable if one of the causes is a `HoldfastError` that is not.",
  WINDOW_NOT_OPENED:
    "The window of a strict write could not be opened, so the writer was not called. Not retryable where the user lacks a right.",
  WINDOW_LOST: "The window of a strict write has gone or its term has passed before the writer has ended.",
  INVALID_WRITE_RESULT:
    "The writer of a `writeMany` answered something else than a Map of the keys it was called with; all of them were invalidated.",
  INSIDE_TRANSACTION:
    "A call that changes what is cached at once was made in the work of an `afterCommit`, where nothing is committed yet.",
  UNIT_ENDED: "A unit was used after the work of its `afterCommit` had ended, so nothing would have been sent.",
  WINDOW_NOT_AWAITED:
    "The work of an `afterCommit` named a key of a strict cache and resolved without waiting for its window, so the change may have been committed before it. Never thrown: it is among the `errors` of `onDelivery`, an event, and a warning of the process.",
  COMMAND_TIMEOUT: "The server did not answer a command before its deadline.",
  STORE_UNAVAILABLE: "The store cannot be reached at the moment: not connected, or the breaker is open.",
  STORE_OVERLOADED: "Too many commands are in flight on one connection.",
  CONNECTION_CLOSED: "The connection closed before the answer came, so whether the command was executed is unknown.",
  SERVER_REFUSED:
    "The server answered a command with an error. Not retryable where the user lacks a right, which `facts.permission` names.",
  GENERATION_CHANGED:
    "The connection that granted a lease or window is gone, or its slot has another owner, so the command bound to it was not executed.",
  INVALIDATION_BACKLOG_FULL: "The store is away and the journal of undelivered invalidations is full.",
  SWEEP_INCOMPLETE:
    "A sweep over the keys of all servers did not come to its end. `facts` say how far it came: keys matched, invalidated and journalled.",
  EVENT_TOO_LARGE: "The encoded payload of a domain event exceeds `maxEventBytes`; nothing was published.",
  CALL_TIMEOUT:
    "The call took longer than the `timeout` its caller gave. Not retryable for `write` and `writeMany`, whose writer goes on.",
  CLOSED: "Holdfast has been closed.",
}
