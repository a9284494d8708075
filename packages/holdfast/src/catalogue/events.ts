/** One field of an event. */
export interface EventFieldFacts {
  readonly means: string
  /** Unit of a number. */
  readonly unit?: "ms" | "bytes" | "keys"
}

/** What a reader of events needs to know of one. */
export interface EventFacts<Field extends string = string> {
  /** One sentence: when it is reported. */
  readonly when: string
  /** Every field besides `name`. */
  readonly fields: Readonly<Record<Field, EventFieldFacts>>
}

const cache = { means: "Name of the cache." }
const cacheOrTag = { means: "Name of the cache; undefined where it is about tags, which belong to none." }
const key = { means: "Key in the store. It may hold user data: keep it out of metrics." }
const event = { means: "Name of the domain event, or of the channel." }
const reader = { means: "The cache or group that it is read for; `channel` for a channel." }
const kindOfError = "Code of Holdfast's error, or class of another one, such as `TypeError`; never its message."
const node = { means: "Host and port of the server." }
const delivered = { means: "Whether the store knows of the change; false: it is journalled and will be told later." }

/** Every event of Holdfast by its `name`. The reference page and the tests read this table. */
export const events: {
  readonly read: EventFacts<"cache" | "key" | "outcome" | "ms">
  readonly load: EventFacts<"cache" | "key" | "ok" | "error" | "ms">
  readonly fill: EventFacts<"cache" | "key" | "answer">
  readonly write: EventFacts<"cache" | "key" | "stored" | "delivered">
  readonly invalidate: EventFacts<"cache" | "key" | "delivered">
  readonly "invalidate-tags": EventFacts<"tags" | "delivered">
  readonly "invalidate-group": EventFacts<"key" | "delivered">
  readonly "invalidate-pattern": EventFacts<"cache" | "matched" | "delivered">
  readonly clear: EventFacts<"cache" | "delivered">
  readonly "event-gap": EventFacts<"event" | "reader" | "why">
  readonly "event-unreadable": EventFacts<"event" | "reader" | "why" | "error">
  readonly "event-failed": EventFacts<"event" | "reader" | "attempt" | "isGivenUp" | "error">
  readonly "after-commit": EventFacts<"keys" | "tags" | "events" | "threw" | "delivered">
  readonly "publish-failed": EventFacts<"event" | "code">
  readonly "window-not-awaited": EventFacts<"cache" | "key">
  readonly undelivered: EventFacts<"pending">
  readonly "closed-undelivered": EventFacts<"pending">
  readonly "window-lost": EventFacts<"cache" | "key" | "why">
  readonly replay: EventFacts<"node" | "keys" | "tags" | "cleared">
  readonly "replay-sweep": EventFacts<"cleared">
  readonly "value-too-large": EventFacts<"cache" | "key" | "bytes">
  readonly "invalidation-lost": EventFacts<"cache" | "key">
  readonly "value-not-encodable": EventFacts<"cache" | "key" | "error" | "path">
  readonly "entry-unreadable": EventFacts<"cache" | "key" | "why">
  readonly "entry-foreign": EventFacts<"cache" | "key" | "where">
  readonly "store-error": EventFacts<"cache" | "operation" | "code" | "reply">
  readonly connection: EventFacts<"node" | "state" | "why">
  readonly breaker: EventFacts<"node" | "state">
  readonly tracking: EventFacts<"node" | "state" | "why">
} = {
  read: {
    when: "A call of `get`, or one key of a `getMany`, has ended.",
    fields: {
      cache,
      key,
      outcome: {
        means:
          "`near-hit`: from this process. `outage-hit`: what it had loaded within the last second, because the store was away. " +
          "`hit`: from the store. `negative-hit`: the store remembers that it is not in the source. `stale`: past its ttl, within grace. " +
          "`stale-fenced`: held in this process and perhaps changed since, because neither the store nor the source had answered. " +
          "`load`: from the source, and stored. `load-unstored`: from the source, and not stored. `miss`: a `lookup` found nothing. `failed`: the key could not be read.",
      },
      ms: { means: "From the call to its answer.", unit: "ms" },
    },
  },
  load: {
    when: "A load from the source has ended, well or badly.",
    fields: {
      cache,
      key,
      ok: { means: "False if the loader threw, took too long, or was aborted because nobody waited any more." },
      error: { means: `${kindOfError} Undefined if it has ended well.` },
      ms: { means: "From the wish to load, the wait for a free place included, to the end.", unit: "ms" },
    },
  },
  fill: {
    when: "The store was asked to keep what a load under a lease, or the caller of `lookup`, brought.",
    fields: {
      cache,
      key,
      answer: {
        means:
          "`stored`. `lost`: the lease was no longer held, because the key was invalidated or the connection that granted it is gone. " +
          "`older`: a newer version is known. `outdated`: a tag of it was invalidated or made since its load began. " +
          "`kept`: the value was unchanged, and its entry lives on. `gone`: it was unchanged, and its entry is not there any more. " +
          "`unknown`: the store did not answer in time.",
      },
    },
  },
  write: {
    when: "A `write`, or a `put` without version, has changed the source and told the store.",
    fields: {
      cache,
      key,
      stored: { means: "Whether the store now holds the new value; false: the entry was invalidated." },
      delivered,
    },
  },
  invalidate: { when: "A call of `invalidate` has ended.", fields: { cache, key, delivered } },
  "invalidate-tags": {
    when: "A call of `invalidateTags` has ended.",
    fields: { tags: { means: "How many different tags it named." }, delivered },
  },
  "invalidate-group": {
    when: "A call of `invalidateGroup` has ended.",
    fields: {
      key: { means: "Key of the tag of the group. It may hold user data: keep it out of metrics." },
      delivered,
    },
  },
  "invalidate-pattern": {
    when: "A call of `invalidatePattern` has come to its end.",
    fields: {
      cache: { means: "Name of the cache; undefined for one over the namespace." },
      matched: { means: "Keys that matched.", unit: "keys" },
      delivered,
    },
  },
  clear: { when: "A call of `clear` has ended.", fields: { cache, delivered } },
  "event-gap": {
    when: "Domain events may have been missed: a cache with `invalidateOn` is cleared, with a rule by tags every cache of the namespace, and a subscription is told.",
    fields: {
      event,
      reader,
      why: {
        means:
          "`unknown`: nothing is known of the reader, because it is new, was away for too long, or its place was lost. `trimmed`: events have left the stream unread. " +
          "`lost`: the server was restarted, promoted or flushed, or a channel was not heard for a while.",
      },
    },
  },
  "event-unreadable": {
    when: "A domain event could not be used: a cache with `invalidateOn` is cleared, with a rule by tags every cache of the namespace, and a subscription goes on without it.",
    fields: {
      event,
      reader,
      why: {
        means:
          "`format`: an entry of somebody else, or of a newer version. `codec`: its payload could not be decoded. `rule`: a rule of `invalidateOn` threw, or answered no keys or tags.",
      },
      error: { means: `${kindOfError} Undefined for \`format\`.` },
    },
  },
  "event-failed": {
    when: "A handler has thrown or taken too long.",
    fields: {
      event,
      reader,
      attempt: { means: "How often it was tried by now." },
      isGivenUp: { means: "Whether it is not tried again." },
      error: { means: kindOfError },
    },
  },
  "after-commit": {
    when: "A call of `afterCommit` that was in no other one has ended, and what its work had named was sent.",
    fields: {
      keys: { means: "Different keys that were invalidated.", unit: "keys" },
      tags: { means: "Different tags that were invalidated, and caches that were cleared." },
      events: { means: "Events that were to be published." },
      threw: { means: "Whether the work has thrown." },
      delivered,
    },
  },
  "publish-failed": {
    when: "An event that was named in an `afterCommit` could not be published after the commit. It is lost, and the change stands.",
    fields: {
      event: { means: "Name of what it was published on; undefined if it has none." },
      code: { means: "Error code, or `unexpected`." },
    },
  },
  "window-not-awaited": {
    when: "The work of an `afterCommit` named a key of a strict cache and resolved without waiting for its window: until it is invalidated, other processes may have served what was before the commit.",
    fields: { cache, key },
  },
  undelivered: {
    when: "The journal of undelivered invalidations took one in, or has tried to deliver some.",
    fields: { pending: { means: "Keys and tags that still wait.", unit: "keys" } },
  },
  "closed-undelivered": {
    when: "`close` has ended, and the store was still not told of some invalidations: other processes may serve what was before them until its ttl ends.",
    fields: { pending: { means: "Keys and tags that were not delivered.", unit: "keys" } },
  },
  "window-lost": {
    when: "The writer of a strict cache, or the work of an `afterCommit` that had named a key of one, resolved after its window had been lost. If it committed after that, other processes may have served what was before, until the write has ended.",
    fields: {
      cache,
      key,
      why: { means: "`term`: it took longer than `windowTerm`. `gone`: the window was found gone from the store." },
    },
  },
  replay: {
    when: "A server has failed over or was restarted, and may have lost invalidations that it had acknowledged to this process: they are journalled, to be delivered again.",
    fields: {
      node,
      keys: { means: "Keys that are invalidated again.", unit: "keys" },
      tags: { means: "Tags that are invalidated again." },
      cleared: {
        means:
          'Caches that are cleared: all of this process, because more may be lost than it remembers, or with `afterFailover: "clear"`; else 0. Those that only others have come with `replay-sweep`.',
      },
    },
  },
  "replay-sweep": {
    when: "After a `replay` of which this process does not remember all, or an `event-gap` or `event-unreadable` that clears the namespace, the store was swept for caches that only other processes have, and they are cleared as well.",
    fields: { cleared: { means: "Caches that are cleared besides those of this process." } },
  },
  "invalidation-lost": {
    when: "An invalidation could neither be delivered nor journalled, because the journal is full or Holdfast is closed. Its caller is told.",
    fields: { cache: cacheOrTag, key },
  },
  "value-too-large": {
    when: "A value was not stored, because it exceeds `maxValueBytes`: a loaded one was served, a written one invalidated its entry.",
    fields: { cache, key, bytes: { means: "Size of the encoded value.", unit: "bytes" } },
  },
  "value-not-encodable": {
    when: "A writer returned what the codec cannot carry, or something that `tags` or `version` answer wrongly for. The change is committed, so the entry was invalidated.",
    fields: {
      cache,
      key,
      error: { means: "Code of the error, or the class of what was thrown." },
      path: {
        means: "Which part of the value the codec cannot carry, such as `value.total`; undefined for another reason.",
      },
    },
  },
  "entry-unreadable": {
    when: "A stored entry could not be used and counts as absent.",
    fields: {
      cache,
      key,
      why: {
        means:
          "`short`, `magic`, `format`, `length`, `checksum`: not an entry of this format, or damaged. `codec`: the payload could not be decoded. " +
          "`shape`: written with another shape or codec.",
      },
    },
  },
  "entry-foreign": {
    when: "An entry named another key than the one that was asked for.",
    fields: {
      cache,
      key,
      where: {
        means:
          "`reply`: a second read on a fresh connection was right, so the first reply was misrouted and its connection was given up. " +
          "`stored`: the entry is stored under the wrong key; reported once per key and minute.",
      },
    },
  },
  "store-error": {
    when: "The store could not carry out an operation; the call that needed it goes on without.",
    fields: {
      cache: cacheOrTag,
      operation: {
        means:
          "`look`, `lease`, `fill`, `release`, `renew`, `open`, `close`, `put`, `invalidate`, `look-tag`, `tag-clock`, `make-tag`, `index-tag`, `reclaim`, `invalidate-tag`, `read-events`, `read-channel`, `sweep` after a loss, or `mark`, once for as long as a server refuses its number.",
      },
      code: { means: "Error code, or `unexpected`." },
      reply: { means: "With `SERVER_REFUSED`, the server's word: OOM, NOPERM, MOVED; else undefined." },
    },
  },
  connection: {
    when: "A connection of Holdfast has changed its state.",
    fields: {
      node,
      state: {
        means:
          "`ready`: it can be used. `connecting`: it was lost, or an attempt has failed, and the next one follows; the very first attempt has no event. " +
          "`closed`: Holdfast was closed, or the server owns no slots of its cluster any more.",
      },
      why: { means: "What led to it, in words for people. They may come from the client, so do not compare them." },
    },
  },
  breaker: {
    when: "The breaker of a server has changed its state.",
    fields: {
      node,
      state: {
        means: "`closed`: commands are sent. `open`: refused at once. `half-open`: one command at a time finds out.",
      },
    },
  },
  tracking: {
    when: "With the option `tracking`: a test has shown for the first time, or for the first time again, whether a server tells of changes that others make.",
    fields: {
      node,
      state: { means: "`on`: it does. `unavailable`: it does not, and they are seen when the ttl ends." },
      why: { means: "Why it is unavailable, in words for people; undefined while it is on." },
    },
  },
}
