/** Every option of a cache. */
export const cacheOptions = {
  name: {
    type: "text: a letter, then at most 63 letters, digits, `_`, `.`, `-`",
    default: "required",
    effect:
      "Names the cache in keys, events and errors. Two caches of one Holdfast cannot share it (`DUPLICATE_CACHE`).",
    errors: ["INVALID_OPTION"],
  },
  load: {
    type: 'function of key and context, which answers a value, or undefined or null for "not in the source"',
    default: "none: cache-aside by hand, with `lookup` and `put`",
    effect:
      "Reads one value from the source. What it throws reaches the callers of this process unchanged. Through `entry` of its context it says what becomes of the value.",
    errors: ["INVALID_OPTION", "ENTRY_NOT_LOADING"],
  },
  loadMany: {
    type: "function of an array of keys and a context, which answers a Map, or an array of values if `keyOf` is given",
    default: "none: `load` is called for each key",
    effect:
      "Reads the misses of a `getMany` by one call. A key that is not in its answer is not in the source. Only with `load`.",
    errors: ["INVALID_OPTION", "INVALID_LOAD_RESULT", "ENTRY_NOT_LOADING"],
  },
  keyOf: {
    type: "function of a value, which answers its key",
    default: "none: `loadMany` answers a Map",
    effect: "Tells which key a row that `loadMany` answered belongs to.",
    errors: ["INVALID_OPTION", "INVALID_LOAD_RESULT"],
  },
  batch: {
    type: "true, or `{ maxSize: whole number of at least 1 }`",
    default: "false",
    effect:
      "Loads the misses of the `get` calls of one turn of the event loop by one `loadMany`, too. `maxSize`: keys of one call at most, also for `getMany`; default: no bound. Only with `loadMany`.",
    errors: ["INVALID_OPTION"],
  },
  version: {
    type: "function of a value, which answers a non-negative integer or a text",
    default: "none",
    effect:
      "The row's own version, monotonic. Loads and writes that carry an older one than is known are not stored. Enables `put` beside `load`.",
    errors: ["INVALID_OPTION", "INVALID_VERSION"],
  },
  key: {
    type: "function of a key, which answers a text",
    default: "strings, numbers, bigints, booleans, tuples of them and plain objects are encoded",
    effect: "Turns a key into text where the built-in encoding does not fit.",
    errors: ["INVALID_OPTION", "INVALID_KEY"],
  },
  group: {
    type: "function of a key, which answers a text",
    default: "each entry has a hash slot of its own",
    effect:
      "Puts the entry into the hash slot of the group: `shop:{user:123}:profile:123`. `invalidateGroup` makes all entries of a group misses.",
    errors: ["INVALID_OPTION", "INVALID_GROUP"],
  },
  tags: {
    type: "function of a value, or of undefined for an absence, and a key; answers an array of texts, or undefined",
    default: "none",
    effect:
      "The tags of an entry, at most 100 of at most 512 bytes each. `invalidateTags` of one of them makes the entry a miss.",
    errors: ["INVALID_OPTION", "INVALID_TAG"],
  },
  index: {
    type: "true or false",
    default: "false",
    effect:
      "Keeps a sorted set of the entries of each tag, for `listTag` and `reclaimTag`. Costs one small command per tag for each entry stored, and none per read. Only with `tags`.",
    errors: ["INVALID_OPTION"],
  },
  invalidateOn: {
    type: "an array of rules, as the methods `keys` and `tags` of an event or a channel make them",
    default: "none",
    effect:
      "Domain events that invalidate entries of this cache. Events that may have been missed, and events that cannot be read, clear it, and with a rule by tags every cache of the namespace; so does its very first start.",
    errors: ["INVALID_OPTION"],
  },
  ttl: {
    type: "duration",
    default: "required",
    effect: "How long an entry is fresh.",
    errors: ["INVALID_DURATION"],
  },
  grace: {
    type: "duration, zero allowed",
    default: "0",
    effect:
      "How long after its ttl an entry may still be served: while one caller refreshes it, and while the source fails, which is then asked ever less often.",
    errors: ["INVALID_DURATION"],
  },
  negativeTtl: {
    type: "duration, or false",
    default: "30s, at most the ttl",
    effect: 'How long "not in the source" is remembered; false remembers nothing. Negatives have no grace.',
    errors: ["INVALID_DURATION"],
  },
  jitter: {
    type: 'share, such as "10%"',
    default: "10%",
    effect: "Shortens each ttl by a random part up to this, so that entries stored together do not end together.",
    errors: ["INVALID_OPTION"],
  },
  refreshAhead: {
    type: 'duration shorter than the ttl, or share of the ttl, such as "10%"',
    default: "off",
    effect:
      "A read that finds an entry this long before its end refreshes it in the background, one for all processes. At most half of an entry's own ttl, if that is short; a longer one counts as the cache's.",
    errors: ["INVALID_OPTION", "INVALID_DURATION"],
  },
  earlyRefresh: {
    type: "true, or `{ beta }`",
    default: "off",
    effect:
      "A read that finds a fresh entry refreshes it in the background by chance, the more likely the nearer its end and the dearer its load was (XFetch). A `beta` above 1 refreshes earlier, below 1 later.",
    errors: ["INVALID_OPTION"],
  },
  local: {
    type: "`{ maxEntries, maxBytes, maxStaleness, isolate, outageCache }`, or `false`",
    default: '10000 entries, 67108864 bytes, 2s, "freeze", true',
    effect:
      'The near cache: entries that are kept in this process and served from there. After a change in another process an older value is served for `maxStaleness` at most (at least `100ms`), which is proved by a small script per server four times in that time; where it cannot be proved, reads ask the store. `isolate` says how those who get a value are kept from changing what others get: `"freeze"` freezes it (and copies what cannot be frozen: Date, Map, Set, binary data), `"clone"` gives everybody a copy, `"share"` does nothing. An entry counts as its size in the store; decoded, it takes up to about twice as much memory. `outageCache`: while the store is away, a value that was loaded serves later reads, too, for a second and `maxStaleness` at most from the beginning of its load; such values have a quarter of the budgets for themselves. `false`: every read asks the store.',
    errors: ["INVALID_OPTION", "INVALID_DURATION"],
  },
  sliding: {
    type: "`{ absoluteTtl: duration }`",
    default: "off",
    effect:
      "A `get` or `lookup` that finds a fresh entry renews its ttl, at most once per tenth of it, until `absoluteTtl` after it was stored. Absences do not slide. Not together with `refreshAhead` or `earlyRefresh`.",
    errors: ["INVALID_OPTION", "INVALID_DURATION"],
  },
  loadTimeout: {
    type: "duration, or `{ soft: duration, hard: duration }`",
    default: "30s",
    effect:
      "`hard`, or a duration alone: how long a load may take, the wait for a free place included. Then its signal is aborted and its callers get `LOAD_TIMEOUT`. `soft`, only with `grace` and shorter: how long a read waits that has found an entry within its grace; then that is served, and the load goes on.",
    errors: ["INVALID_DURATION", "INVALID_OPTION"],
  },
  sourceConcurrency: {
    type: "whole number of at least 1",
    default: "64",
    effect: "Loads of this cache under way in this process; more wait in order.",
    errors: ["INVALID_OPTION"],
  },
  shape: {
    type: "text",
    default: "none",
    effect:
      "Names the shape of the value. An entry of another shape is a miss, and is left alone for its first 30 seconds.",
    errors: ["INVALID_OPTION"],
  },
  codec: {
    type: "a `Codec`",
    default: "json()",
    effect: "How values become bytes. Entries written with another codec are of another shape.",
    errors: ["INVALID_OPTION"],
  },
  maxValueBytes: {
    type: "whole number of at least 1, in bytes",
    default: "1048576",
    effect: "Encoded values above it are served and not stored.",
    errors: ["INVALID_OPTION"],
  },
  maxReplicaLag: {
    type: "duration",
    default: "60s",
    effect:
      "How long an invalidated version is remembered, against loads that read an older row from a replica. Only with `version`.",
    errors: ["INVALID_OPTION", "INVALID_DURATION"],
  },
  consistency: {
    type: '"leased" or "strict"',
    default: '"leased"',
    effect:
      "`strict`: no read that begins after a change has committed returns the value from before it, whatever becomes of the writer and of the store. Every change must go through `write`, and its transaction end within `windowTerm`. Without near cache, grace and, unless `negativeTtl` is given, remembered absences.",
    errors: ["INVALID_OPTION"],
  },
  windowTerm: {
    type: "duration of at least 100ms",
    default: "5s",
    effect:
      "Only with `strict`: how long the source may take for a write, and how long a key is read from the source when nothing is on record of it.",
    errors: ["INVALID_OPTION", "INVALID_DURATION"],
  },
  onUnavailable: {
    type: '"fail" or "write"',
    default: '"fail"',
    effect:
      "Only with `strict`: whether a write whose window cannot be opened is refused before anything was written, or goes on without the promise.",
    errors: ["INVALID_OPTION"],
  },
} as const
