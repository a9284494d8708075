import type { TrackingState } from "../contracts/coherence.ts"
import type { NearStats } from "../contracts/near-tier.ts"
import type { HealthFinding, NodeHealth, Store } from "../contracts/store.ts"

/** The state of one Holdfast. */
export interface Health {
  /** `degraded`: it answers, but something needs attention, as `reasons` says. `down`: the store is away, and reads go to the source. */
  readonly status: "ok" | "degraded" | "down"
  /**
   * No error; warnings alone, such as an eviction policy that is wrong for a cache, leave it true. For alerts: a service that answers
   * without its cache should not tie its readiness to this.
   */
  readonly ok: boolean
  /** Kind of the store: "redis", "memory" or that of your own. */
  readonly store: string
  /** One per server; the in-process store counts as one. */
  readonly nodes: readonly NodeHealth[]
  /** Keys whose invalidation the store could not be told yet: this process reads them from the source. */
  readonly undelivered: number
  /** Why near caches are bypassed, one per reason: their reads ask the store. Empty while all of them are proved. */
  readonly nearCaches: readonly string[]
  /** Which readers of domain events are late, one per reader. */
  readonly events: readonly string[]
  /** Whether near caches hear of changes that others than Holdfast make, and if not, why. */
  readonly tracking: TrackingState
  /**
   * Slots of a cluster in which one group alone gives its server more to do than it should have, by the reads of this process: `groups()`
   * names the group.
   */
  readonly hotSlots: readonly number[]
  /** All errors and warnings in words, worst first; empty if and only if `status` is `ok`. */
  readonly reasons: readonly string[]
  /** What is worth knowing and no trouble, in words: a missing `maxmemory`, and what has only just begun. */
  readonly notices: readonly string[]
}

/** What the store does not know of. */
interface ProcessHealth extends Pick<Health, "undelivered" | "events" | "hotSlots"> {
  /** Of each near cache. */
  readonly near: readonly Pick<NearStats, "why" | "isStarting">[]
}

/** Never rejects. */
export async function healthOf(store: Store, { undelivered, near, events, hotSlots }: ProcessHealth): Promise<Health> {
  const nearCaches = whysOf(near.filter(({ isStarting }) => !isStarting))
  const nodes = await store.health()
  const found = (wanted: HealthFinding["severity"]): string[] =>
    nodes.flatMap(({ node, findings }) =>
      findings.flatMap(({ severity, reason }) => (severity === wanted ? [`${node}: ${reason}`] : [])),
    )
  const errors = found("error")
  const waiting = undelivered === 1 ? "1 invalidation waits" : `${undelivered} invalidations wait`
  const backlog = undelivered > 0 ? [`${waiting} for the store to return.`] : []
  const down = nodes.length > 0 && nodes.every(({ ok }) => !ok)
  const tracking = store.coherence?.tracking?.() ?? notTracked
  const unheard = tracking.state === "unavailable" ? [`Changes by others are not heard: ${tracking.why}.`] : []
  const bypassed = nearCaches.map((why) => `Near caches are bypassed: ${why}.`)
  const hot = hotSlots.map((slot) => `Slot ${slot} holds a group that too many reads go to: groups() names it.`)
  const starting = whysOf(near.filter(({ isStarting }) => isStarting)).map(
    (why) => `Near caches have only just begun: ${why}.`,
  )
  // They begin by the same connections, and are tested by the same beats.
  const [late, early] = starting.length === 0 ? [unheard, []] : [[], unheard]
  const reasons = [...errors, ...found("warning"), ...backlog, ...bypassed, ...late, ...events, ...hot]
  const notices = [...found("notice"), ...starting, ...early]
  const status = down ? "down" : reasons.length > 0 ? "degraded" : "ok"
  const ok = errors.length === 0 && !down
  return { status, ok, store: store.kind, nodes, undelivered, nearCaches, events, tracking, hotSlots, reasons, notices }
}

/** Each reason once. */
function whysOf(near: ProcessHealth["near"]): readonly string[] {
  return [...new Set(near.flatMap(({ why }) => why ?? []))]
}

/** After `close()`: nothing is asked any more. */
export function closedHealth(store: Store, undelivered: number): Health {
  const reasons = ["This Holdfast has been closed: every call rejects with CLOSED."]
  const away = { status: "down", ok: false, store: store.kind, nodes: [], undelivered } as const
  return { ...away, nearCaches: [], events: [], hotSlots: [], tracking: notTracked, reasons, notices: [] }
}

const notTracked: TrackingState = { state: "off", why: undefined }
