/** What a reader of an error needs: what it means, and what to do about it. */
export interface ErrorCodeFacts {
  /** One sentence: what was wrong. */
  readonly means: string
  /** One sentence: what to do. */
  readonly remedy: string
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean
}

/** Every error code of Holdfast. The reference page and the tests read this table. */
export const errorCodes = {
  INVALID_OPTION: {
    means: "An option has a value that Holdfast refuses.",
    remedy: "Correct the option that the message names.",
    retryable: false,
  },
  INVALID_DURATION: {
    means: "A duration is not in a form Holdfast accepts; bare numbers are refused because their unit is a guess.",
    remedy: 'Write a duration with its unit, such as "30s", "15m" or { minutes: 15 }.',
    retryable: false,
  },
  INVALID_KEY: {
    means: "A key cannot be encoded without risk of meeting another key.",
    remedy:
      "Use a string, a finite number, a bigint, a boolean, a tuple of these or a plain object, or give the cache a `key` function.",
    retryable: false,
  },
  INVALID_VERSION: {
    means: "A version is not a non-negative integer or a non-empty string.",
    remedy:
      "Return the row's own monotonic version from `version`; Dates, fractions and negative numbers are refused.",
    retryable: false,
  },
  DUPLICATE_CACHE: {
    means: "Two caches of one namespace have the same name, so their keys would meet.",
    remedy: "Give each cache its own `name`.",
    retryable: false,
  },
  UNKNOWN_CLIENT: {
    means: "The object given as `redis` has the shape of no supported client.",
    remedy: "Pass a node-redis 5/6 or ioredis 5/6 client, or leave `redis` out for the in-process store.",
    retryable: false,
  },
  CLIENT_NOT_SUPPORTED: {
    means: "The client is of a known kind but has a setting or topology that Holdfast cannot work with.",
    remedy: "Change what the message names.",
    retryable: false,
  },
  SERVER_NOT_SUPPORTED: {
    means: "The server lacks something that Holdfast needs, such as scripting.",
    remedy: "Use Redis 6.2 or newer, or Valkey 7.2 or newer, with Lua scripting enabled.",
    retryable: false,
  },
  VALUE_NOT_ENCODABLE: {
    means: "A value holds something that the codec cannot carry, so a hit and a miss would give different data.",
    remedy: "Return plain data at the path that the message names, or choose another codec.",
    retryable: false,
  },
  VALUE_NOT_DECODABLE: {
    means: "Stored bytes could not be decoded.",
    remedy:
      "Nothing: the entry counts as a miss and is loaded again. If it persists, two programs share the key space.",
    retryable: true,
  },
  NO_LOADER: {
    means: "The call needs a loader and this cache has none.",
    remedy: "Give the cache a `load` function, or use `lookup` and `put`.",
    retryable: false,
  },
  PUT_NOT_SAFE: {
    means: "`put` on a cache with a loader and without `version` could store a value that is already old.",
    remedy: "Use `write(key, writer)`, or give the cache a `version`.",
    retryable: false,
  },
  LOAD_TIMEOUT: {
    means: "The loader took longer than the hard load timeout.",
    remedy:
      "Raise `loadTimeout`, make the load faster, or give the cache a `grace` so that the old value is served meanwhile.",
    retryable: true,
  },
  LOAD_FAILED_ELSEWHERE: {
    means: "Another process held the lease for this key and its load failed.",
    remedy: "Retry; the cause is in that process's logs and metrics.",
    retryable: true,
  },
  COMMAND_TIMEOUT: {
    means: "The server did not answer a command before its deadline.",
    remedy: "Look at the server's latency; raise `commandTimeout` only if the network needs it.",
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    means: "The store cannot be reached at the moment: not connected, or the breaker is open.",
    remedy: "Nothing: reads go to the source meanwhile. Look at `health()` for the reason.",
    retryable: true,
  },
  STORE_OVERLOADED: {
    means: "Too many commands are in flight on one connection.",
    remedy: "Raise `maxInFlight`, or send less at once.",
    retryable: true,
  },
  CONNECTION_CLOSED: {
    means: "The connection closed before the answer came, so whether the command was executed is unknown.",
    remedy: "Nothing: Holdfast reconnects, and treats the outcome as unknown.",
    retryable: true,
  },
  SERVER_REFUSED: {
    means: "The server answered a command with an error.",
    remedy: "Look at the reply's class in the message: OOM, READONLY, NOPERM, WRONGTYPE, LOADING and others.",
    retryable: true,
  },
  GENERATION_CHANGED: {
    means: "The connection that granted a lease or window is gone, so the command bound to it was not sent.",
    remedy: "Nothing: the value is used and not stored.",
    retryable: true,
  },
  INVALIDATION_BACKLOG_FULL: {
    means: "The store is away and the journal of undelivered invalidations is full.",
    remedy: "Restore the store, or raise `journalLimit`; until then reads of the affected keys must not be trusted.",
    retryable: true,
  },
  CALL_TIMEOUT: {
    means: "The call took longer than the `timeout` its caller gave.",
    remedy: "Raise the call's `timeout`, or look at the load time of this cache in `stats()`.",
    retryable: true,
  },
  CLOSED: {
    means: "Holdfast has been closed.",
    remedy: "Create a new one, or close it later.",
    retryable: false,
  },
} as const

/** One of the stable error codes of Holdfast. */
export type ErrorCode = keyof typeof errorCodes
