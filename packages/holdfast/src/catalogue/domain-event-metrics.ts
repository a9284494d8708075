/** Every figure of `stats()` of a domain event, as of `metrics`. */
export const domainEventMetrics = {
  published: { means: "Events published by this process.", unit: "events", kind: "counter" },
  publishErrors: { means: "Publications that were rejected.", unit: "calls", kind: "counter" },
  "readers.reader": { means: "Name of the cache or group that it reads for.", unit: "state", kind: "gauge" },
  "readers.kind": { means: "`cache` or `group`.", unit: "state", kind: "gauge" },
  "readers.isReading": { means: "Whether this process is the one that reads for it.", unit: "state", kind: "gauge" },
  "readers.position": {
    means: "Id of the last entry of the stream that is done, as far as this process knows.",
    unit: "state",
    kind: "gauge",
  },
  "readers.lag": {
    means: "Events that are published and not done, when this process last asked; undefined while it is not known.",
    unit: "events",
    kind: "gauge",
  },
  "readers.lagMs": {
    means:
      "How long ago the first of them was published, or, where that is not known, as at a gap, for how long the reader has stood; undefined where another process reads, and while it is not known.",
    unit: "ms",
    kind: "gauge",
  },
  "readers.failingMs": {
    means: "For how long this process has not been able to ask the store; undefined while it can.",
    unit: "ms",
    kind: "gauge",
  },
  "readers.handled": { means: "Events that were done.", unit: "events", kind: "counter" },
  "readers.failures": { means: "Attempts of handlers that failed.", unit: "calls", kind: "counter" },
  "readers.givenUp": { means: "Events that were given up.", unit: "events", kind: "counter" },
  "readers.unreadable": {
    means: "Events that could not be read, or that a rule of `invalidateOn` could not be applied to.",
    unit: "events",
    kind: "counter",
  },
  "readers.gaps": { means: "Times that events may have been missed.", unit: "events", kind: "counter" },
  "readers.storeErrors": {
    means: "Times that the store could not be asked.",
    unit: "operations",
    kind: "counter",
  },
} as const
