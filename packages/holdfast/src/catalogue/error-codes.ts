/** One of the stable error codes of Holdfast. What each means, and what to do, is in the reference of errors. */
export type ErrorCode =
  | "INVALID_OPTION"
  | "INVALID_DURATION"
  | "INVALID_KEY"
  | "INVALID_GROUP"
  | "INVALID_VERSION"
  | "INVALID_TAG"
  | "INVALID_PATTERN"
  | "DUPLICATE_CACHE"
  | "UNKNOWN_CLIENT"
  | "CLIENT_NOT_SUPPORTED"
  | "SERVER_NOT_SUPPORTED"
  | "VALUE_NOT_ENCODABLE"
  | "VALUE_NOT_DECODABLE"
  | "NO_LOADER"
  | "PUT_NOT_SAFE"
  | "LOAD_TIMEOUT"
  | "LOAD_FAILED_ELSEWHERE"
  | "INVALID_LOAD_RESULT"
  | "ENTRY_NOT_LOADING"
  | "NO_PREVIOUS_VALUE"
  | "BATCH_PARTIAL"
  | "WINDOW_NOT_OPENED"
  | "WINDOW_LOST"
  | "INVALID_WRITE_RESULT"
  | "INSIDE_TRANSACTION"
  | "UNIT_ENDED"
  | "WINDOW_NOT_AWAITED"
  | "COMMAND_TIMEOUT"
  | "STORE_UNAVAILABLE"
  | "STORE_OVERLOADED"
  | "CONNECTION_CLOSED"
  | "SERVER_REFUSED"
  | "GENERATION_CHANGED"
  | "INVALIDATION_BACKLOG_FULL"
  | "SWEEP_INCOMPLETE"
  | "EVENT_TOO_LARGE"
  | "CALL_TIMEOUT"
  | "CLOSED"

/** What an error carries besides what happened: it is in every import, so what only the reference page says is in error-meanings.ts. */
export interface ErrorCodeFacts {
  /** One sentence: what to do. Ends the message. */
  readonly remedy: string
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean
}

/** Every error code of Holdfast. */
export const errorCodes: Readonly<Record<ErrorCode, ErrorCodeFacts>> = {
  INVALID_OPTION: {
    remedy: "The options reference lists names and values.",
    retryable: false,
  },
  INVALID_DURATION: {
    remedy: 'Write a duration with its unit, such as "30s", "15m" or { minutes: 15 }.',
    retryable: false,
  },
  INVALID_KEY: {
    remedy:
      "Use a string, a finite number, a bigint, a boolean, a tuple of these or a plain object, or give the cache a `key` function.",
    retryable: false,
  },
  INVALID_GROUP: {
    remedy: "Let `group` answer a non-empty text for every key, and give `invalidateGroup` the same text.",
    retryable: false,
  },
  INVALID_VERSION: {
    remedy: "Return the row's own monotonic version from `version`; Dates, fractions and negative numbers are refused.",
    retryable: false,
  },
  INVALID_TAG: {
    remedy:
      "A tag is a non-empty text of at most 512 bytes. `tags` answers, and `invalidateTags` takes, an array of them; an entry has at most 100.",
    retryable: false,
  },
  INVALID_PATTERN: {
    remedy: "The guide on patterns says how they are written.",
    retryable: false,
  },
  DUPLICATE_CACHE: {
    remedy: "Give each cache its own `name`.",
    retryable: false,
  },
  UNKNOWN_CLIENT: {
    remedy:
      "Pass a node-redis 5/6 or ioredis 5/6 client, or `valkeyGlide(...)`, or leave `redis` out for the in-process store.",
    retryable: false,
  },
  CLIENT_NOT_SUPPORTED: {
    remedy: "The guide on connections says which clients work.",
    retryable: false,
  },
  SERVER_NOT_SUPPORTED: {
    remedy: "Use Redis 6.2 or newer, or Valkey 7.2 or newer, with Lua scripting enabled.",
    retryable: false,
  },
  VALUE_NOT_ENCODABLE: {
    remedy: "Return plain data there, or choose another codec.",
    retryable: false,
  },
  VALUE_NOT_DECODABLE: {
    remedy:
      "Nothing to do: the entry counts as a miss and is loaded again. If it persists, two programs share the key space.",
    retryable: true,
  },
  NO_LOADER: {
    remedy: "Give the cache a `load` function, or use `lookup` and `put`.",
    retryable: false,
  },
  PUT_NOT_SAFE: {
    remedy: "Use `write(key, writer)`, or give the cache a `version`.",
    retryable: false,
  },
  LOAD_TIMEOUT: {
    remedy:
      "Raise `loadTimeout`, make the load faster, or give the cache a `grace` so that the old value is served meanwhile.",
    retryable: true,
  },
  LOAD_FAILED_ELSEWHERE: {
    remedy: "Retry; the cause is in that process's logs and metrics.",
    retryable: true,
  },
  INVALID_LOAD_RESULT: {
    remedy: "Answer a Map, or rows if the cache has `keyOf`, with at most one value per key.",
    retryable: false,
  },
  ENTRY_NOT_LOADING: {
    remedy: "Call the methods of `entry` before the loader ends, and for keys of its own.",
    retryable: false,
  },
  NO_PREVIOUS_VALUE: {
    remedy: "Answer `entry.unchanged()` only where `previous` is not undefined.",
    retryable: false,
  },
  BATCH_PARTIAL: {
    remedy: "`values` holds what could be read, `errors` why the rest could not; `cause` is the first of these.",
    retryable: true,
  },
  WINDOW_NOT_OPENED: {
    remedy: 'Nothing was written: try again, or choose `onUnavailable: "write"` to write without the strict promise.',
    retryable: true,
  },
  WINDOW_LOST: {
    remedy: "Roll the transaction back and write again; raise `windowTerm` if the term is too short for it.",
    retryable: true,
  },
  INVALID_WRITE_RESULT: {
    remedy: "Answer a Map whose keys are those that `writeMany` was called with, or nothing.",
    retryable: false,
  },
  INSIDE_TRANSACTION: {
    remedy: "What is named to the unit is sent after the commit.",
    retryable: false,
  },
  UNIT_ENDED: {
    remedy: "Await all that the work of `afterCommit` does before it ends.",
    retryable: false,
  },
  WINDOW_NOT_AWAITED: {
    remedy: "Await `unit.opened()` after naming keys of strict caches, before the transaction commits.",
    retryable: false,
  },
  COMMAND_TIMEOUT: {
    remedy: "Look at the server's latency; raise `commandTimeout` only if the network needs it.",
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    remedy: "Reads go to the source meanwhile; `connection` events tell the reason.",
    retryable: true,
  },
  STORE_OVERLOADED: {
    remedy: "Raise `maxInFlight`, or send less at once.",
    retryable: true,
  },
  CONNECTION_CLOSED: {
    remedy: "Nothing to do: Holdfast reconnects, and treats the outcome as unknown.",
    retryable: true,
  },
  SERVER_REFUSED: {
    remedy: "Its word says why: OOM is full memory, NOPERM a missing permission, WRONGPASS a wrong password.",
    retryable: true,
  },
  GENERATION_CHANGED: {
    remedy: "Nothing to do: the value is used and not stored.",
    retryable: true,
  },
  INVALIDATION_BACKLOG_FULL: {
    remedy: "Restore the store, or raise `journalLimit`; until then reads of the affected keys must not be trusted.",
    retryable: true,
  },
  SWEEP_INCOMPLETE: {
    remedy: "Call it again once the servers answer and permit it; what the journal holds is delivered by itself.",
    retryable: true,
  },
  EVENT_TOO_LARGE: {
    remedy: "Publish what changed, not all that is known of it, or raise `maxEventBytes`.",
    retryable: false,
  },
  CALL_TIMEOUT: {
    remedy: "Raise the call's `timeout`, or look at what it waited for: for reads the load time in `stats()`.",
    retryable: true,
  },
  CLOSED: {
    remedy: "Create a new one, or close it later.",
    retryable: false,
  },
}
