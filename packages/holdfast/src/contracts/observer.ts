import type { NodeAddress } from "./redis-client.ts"

/**
 * How a read was answered. `outage-hit`: with what was loaded a moment before, because the store is away. `stale-fenced`: stale, and from
 * this process, because store and source have failed; it may have been changed since.
 */
export type ReadOutcome =
  | "near-hit"
  | "outage-hit"
  | "hit"
  | "negative-hit"
  | "stale"
  | "stale-fenced"
  | "load"
  | "load-unstored"
  | "miss"
  | "failed"

/**
 * Everything that Holdfast reports, as one union; branch on `name`. `key` is the store key: it may hold user data, so it is given to
 * the observer of this process only and never to metrics.
 */
export type HoldfastEvent =
  | {
      readonly name: "read"
      readonly cache: string
      readonly key: string
      readonly outcome: ReadOutcome
      readonly ms: number
    }
  | {
      readonly name: "load"
      readonly cache: string
      readonly key: string
      readonly ok: boolean
      readonly error: string | undefined
      readonly ms: number
    }
  | {
      readonly name: "fill"
      readonly cache: string
      readonly key: string
      readonly answer: "stored" | "lost" | "older" | "outdated" | "kept" | "gone" | "unknown"
    }
  | {
      readonly name: "write"
      readonly cache: string
      readonly key: string
      readonly stored: boolean
      readonly delivered: boolean
    }
  | { readonly name: "invalidate"; readonly cache: string; readonly key: string; readonly delivered: boolean }
  | { readonly name: "invalidate-tags"; readonly tags: number; readonly delivered: boolean }
  | { readonly name: "invalidate-group"; readonly key: string; readonly delivered: boolean }
  | {
      readonly name: "invalidate-pattern"
      readonly cache: string | undefined
      readonly matched: number
      readonly delivered: boolean
    }
  | { readonly name: "clear"; readonly cache: string; readonly delivered: boolean }
  | {
      readonly name: "event-gap"
      readonly event: string
      readonly reader: string
      readonly why: "unknown" | "trimmed" | "lost"
    }
  | {
      readonly name: "event-unreadable"
      readonly event: string
      readonly reader: string
      readonly why: "format" | "codec" | "rule"
      readonly error: string | undefined
    }
  | {
      readonly name: "event-failed"
      readonly event: string
      readonly reader: string
      readonly attempt: number
      readonly isGivenUp: boolean
      readonly error: string
    }
  | {
      readonly name: "after-commit"
      readonly keys: number
      readonly tags: number
      readonly events: number
      readonly threw: boolean
      readonly delivered: boolean
    }
  | { readonly name: "publish-failed"; readonly event: string | undefined; readonly code: string }
  | { readonly name: "window-not-awaited"; readonly cache: string; readonly key: string }
  | { readonly name: "undelivered"; readonly pending: number }
  | { readonly name: "closed-undelivered"; readonly pending: number }
  | { readonly name: "window-lost"; readonly cache: string; readonly key: string; readonly why: "gone" | "term" }
  | {
      readonly name: "replay"
      readonly node: NodeAddress
      readonly keys: number
      readonly tags: number
      readonly cleared: number
    }
  | { readonly name: "replay-sweep"; readonly cleared: number }
  | { readonly name: "invalidation-lost"; readonly cache: string | undefined; readonly key: string }
  | { readonly name: "value-too-large"; readonly cache: string; readonly key: string; readonly bytes: number }
  | {
      readonly name: "value-not-encodable"
      readonly cache: string
      readonly key: string
      readonly error: string
      readonly path: string | undefined
    }
  | { readonly name: "entry-unreadable"; readonly cache: string; readonly key: string; readonly why: string }
  | { readonly name: "entry-foreign"; readonly cache: string; readonly key: string; readonly where: "reply" | "stored" }
  | {
      readonly name: "store-error"
      readonly cache: string | undefined
      readonly operation: string
      readonly code: string
      readonly reply: string | undefined
    }
  | {
      readonly name: "connection"
      readonly node: NodeAddress
      readonly state: "connecting" | "ready" | "closed"
      readonly why: string
    }
  | {
      readonly name: "tracking"
      readonly node: NodeAddress
      readonly state: "on" | "unavailable"
      readonly why: string | undefined
    }
  | { readonly name: "breaker"; readonly node: NodeAddress; readonly state: "closed" | "open" | "half-open" }

/** The one door for observation: gets every event. What it throws is swallowed. */
export type Observer = (event: HoldfastEvent) => void
