/** Every option of Holdfast but those of a cache, by what takes it. The reference page and the tests read this table. */
export const options = {
  createHoldfast: {
    namespace: {
      type: "text: a letter, then at most 63 letters, digits, `_`, `.`, `-`",
      default: "required",
      effect: "First part of every key in the store. Give each application its own.",
      errors: ["INVALID_OPTION"],
    },
    redis: {
      type: "a node-redis or ioredis client, version 5 or 6, or `valkeyGlide(...)`; for one server or a cluster",
      default: "none: an in-process store",
      effect:
        'Whose settings Holdfast takes for connections of its own. The client need not be connected, and its socket is not used, except with `connection: "shared"`.',
      errors: ["UNKNOWN_CLIENT", "CLIENT_NOT_SUPPORTED"],
    },
    store: {
      type: "a `Store`",
      default: "made from `redis`",
      effect:
        "A store of your own in place of `redis`, which must be left out. `holdfast/testing` has the suite that it must pass.",
      errors: ["INVALID_OPTION"],
    },
    commandTimeout: {
      type: "duration",
      default: "250ms",
      effect: "Bounds every command to the server, whatever the client does.",
      errors: ["INVALID_DURATION"],
    },
    maxInFlight: {
      type: "whole number of at least 1",
      default: "4096",
      effect: "Commands under way on one connection; what comes above it is refused at once, and the source answers.",
      errors: ["INVALID_OPTION"],
    },
    breaker: {
      type: "an object: `window`, `failureRate`, `minimumThroughput`, `consecutiveFailures`, `openFor`, `openAtMost`",
      default: "10s, 50%, 20, 5, 500ms, 10s",
      effect:
        "When to stop asking a server that fails, and for how long. It opens at `failureRate` of at least `minimumThroughput` commands within `window`, or after `consecutiveFailures`; after `openFor` one command tries, and as long as that fails the wait doubles up to `openAtMost`.",
      errors: ["INVALID_OPTION", "INVALID_DURATION"],
    },
    connection: {
      type: '"own" or "shared"',
      default: "own",
      effect:
        "`own`: sockets of Holdfast's own, which it can bound and rebuild. `shared`: commands go over your connected client, with its queues, retries and delays, and a dead socket stays until your client notices.",
      errors: ["INVALID_OPTION"],
    },
    tracking: {
      type: "true or false",
      default: "false",
      effect:
        "Whether near caches also drop what others than Holdfast change in the store: `DEL` by hand, other programs, eviction. The servers then tell every process of every write in the namespace (`CLIENT TRACKING` in broadcast mode). Where tests show that they do not, `health()` says why.",
      errors: ["INVALID_OPTION"],
    },
    afterFailover: {
      type: '"replay" or "clear"',
      default: "replay",
      effect:
        "What to do where a server has failed over or was restarted, and may have lost invalidations that it had acknowledged. `replay`: each process invalidates again what it had invalidated since the state that has survived. `clear`: each process clears its caches before it reads anything from that server; this covers what dead processes had invalidated as well, and costs loads.",
      errors: ["INVALID_OPTION"],
    },
    journalLimit: {
      type: "whole number of at least 1",
      default: "100000",
      effect:
        "Keys and tags whose invalidation may wait while the store is away; above it `invalidate` rejects with `INVALIDATION_BACKLOG_FULL`. As many are remembered per server for a replay; where one needs more, it clears all caches of the namespace.",
      errors: ["INVALID_OPTION"],
    },
    onEvent: {
      type: "function of one event",
      default: "none, and then no event object is made",
      effect: "Gets every event, at once and in order. What it throws is swallowed.",
      errors: ["INVALID_OPTION"],
    },
    clock: {
      type: "a `Clock`",
      default: "the machine's",
      effect: "Where all time comes from. Tests pass the virtual clock of `holdfast/testing`.",
      errors: [],
    },
    random: {
      type: "a `Random`",
      default: "the machine's",
      effect: "Where tokens and jitter come from.",
      errors: [],
    },
  },
  call: {
    signal: {
      type: "AbortSignal",
      default: "none",
      effect:
        "Detaches this caller when aborted: its promise rejects with the signal's reason, and the work goes on for the others.",
      errors: ["INVALID_OPTION"],
    },
    timeout: {
      type: "duration",
      default: "none",
      effect: "Detaches this caller after this long, with `CALL_TIMEOUT`.",
      errors: ["INVALID_DURATION"],
    },
  },
  invalidate: {
    expire: {
      type: "true or false",
      default: "false",
      effect:
        "Keeps the entry for stale serving within its grace instead of dropping it. Without `grace` it is dropped.",
      errors: [],
    },
    version: {
      type: "non-negative integer, or text",
      default: "that of the entry which is dropped, if it has one",
      effect: "Version of the change: loads that carry an older one are refused.",
      errors: ["INVALID_VERSION", "INVALID_OPTION"],
    },
  },
  afterCommit: {
    onThrow: {
      type: '"invalidate", "drop", or a function of the error that answers one of them',
      default: '"invalidate"',
      effect:
        "What happens to keys, tags, groups and caches that were named if the work throws. `invalidate`: they are invalidated all the same, because an error does not tell that nothing was committed. `drop`: nothing is; only for errors after which nothing is committed for sure.",
      errors: ["INVALID_OPTION"],
    },
    onDelivery: {
      type: "function of `{ delivered, errors }`",
      default: "none",
      effect: "Called once when all has been sent, just before `afterCommit` ends. What it throws is swallowed.",
      errors: ["INVALID_OPTION"],
    },
  },
  close: {
    timeout: {
      type: "duration",
      default: "2s",
      effect:
        "How long to wait at most: for handlers of domain events, half of it; for one more attempt to deliver what is journalled, and for commands under way.",
      errors: ["INVALID_DURATION"],
    },
  },
} as const
