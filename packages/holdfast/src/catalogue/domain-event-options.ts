/** Options of domain events, as of `options`. */
export const domainEventOptions = {
  event: {
    namespace: {
      type: "text: a letter, then at most 63 letters, digits, `_`, `.`, `-`",
      default: "that of the Holdfast",
      effect:
        "The namespace in which the event lives. Give that of the service which publishes it, on the same server.",
      errors: ["INVALID_OPTION"],
    },
    retention: {
      type: "duration",
      default: "1d",
      effect:
        "How long events are kept, and the places of readers. Who was down for longer has a gap. Give all services that use an event the same.",
      errors: ["INVALID_DURATION"],
    },
    maxEvents: {
      type: "whole number of at least 1",
      default: "100000",
      effect: "How many events are kept at most, about: the server removes them a hundred at a time.",
      errors: ["INVALID_OPTION"],
    },
    maxEventBytes: {
      type: "whole number of at least 1, in bytes",
      default: "65536",
      effect: "Size of an encoded payload at most; what is larger is refused with `EVENT_TOO_LARGE`.",
      errors: ["INVALID_OPTION"],
    },
    codec: {
      type: "a `Codec`",
      default: "json()",
      effect: "How payloads become bytes. All services that use an event need the same.",
      errors: ["INVALID_OPTION"],
    },
  },
  publish: {
    id: {
      type: "text: 1 to 128 letters, digits, `_`, `.`, `-`",
      default: "random",
      effect: "Names the message. Give it one, and the same one when you publish it again after an error.",
      errors: ["INVALID_OPTION"],
    },
  },
  subscribe: {
    group: {
      type: "text: a letter, then at most 63 letters, digits, `_`, `.`, `-`",
      default: "required",
      effect: "Names the place of the subscription. Each event is handled by one process of the group.",
      errors: ["INVALID_OPTION"],
    },
    handler: {
      type: "function of a payload and `{ id, position, publishedMs, attempt, signal }`",
      default: "required",
      effect:
        "Handles one event. What it throws is an attempt that has failed. It may be called more than once for an event.",
      errors: ["INVALID_OPTION"],
    },
    from: {
      type: '"now" or "beginning"',
      default: '"now"',
      effect:
        "Where a group begins of which nothing is known: after the events that are published already, or with the oldest one that is kept.",
      errors: ["INVALID_OPTION"],
    },
    concurrency: {
      type: "whole number of at least 1",
      default: "1",
      effect: "Events handled at one time. With 1 they are handled in their order, but for those that are tried again.",
      errors: ["INVALID_OPTION"],
    },
    attempts: {
      type: "whole number of at least 1",
      default: "5",
      effect: "How often an event is tried, with growing waits, before it is given up.",
      errors: ["INVALID_OPTION"],
    },
    attemptTimeout: {
      type: "duration",
      default: "30s",
      effect:
        "How long an attempt may take. Then its signal is aborted, and it counts as failed. Also how long the end of the subscription waits for `onGap` and `onGivenUp`.",
      errors: ["INVALID_DURATION"],
    },
    onGap: {
      type: "function of `{ why, signal }`",
      default: "none",
      effect:
        "Told that events may be missing: `unknown`, `trimmed` or `lost`. What follows waits until it is done, without a limit. What it throws is tried again.",
      errors: ["INVALID_OPTION"],
    },
    onGivenUp: {
      type: "function of a payload, its message and the last error",
      default: "none",
      effect: "Told of an event that is not tried again. What it throws is tried again.",
      errors: ["INVALID_OPTION"],
    },
    signal: {
      type: "AbortSignal",
      default: "none",
      effect: "Ends the subscription when aborted.",
      errors: ["INVALID_OPTION"],
    },
  },
  channel: {
    decode: {
      type: "function of a Buffer",
      default: "JSON text",
      effect:
        "Reads a message. What it throws means that nobody knows what has changed: the caches that depend on it are cleared.",
      errors: ["INVALID_OPTION"],
    },
    onReconnect: {
      type: '"clear" or "ignore"',
      default: '"clear"',
      effect:
        "What becomes of the caches that depend on the channel, with a rule by tags all of the namespace, whenever messages may have been missed, the start included.",
      errors: ["INVALID_OPTION"],
    },
  },
} as const
