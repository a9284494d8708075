import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"
import { refreshOne } from "./by-one.ts"
import { inEveryProcess, readUntilKept, renewedOne } from "./settled.ts"

/** With shorter ones a refresh has no time between its beginning and the end of the entry. */
const shortestTtlMs = 8000
/** Until all is loaded and stored, in milliseconds. */
const refreshesMs = 500
/** Until what one read has begun in the background is stored. */
const loadsMs = 250
/** Entries end after 90 % of the ttl at the soonest, for their jitter, and are due in the last 30 % of that. */
const readAt = 0.8

/** Once all is quiet: an entry that is read near its end is renewed before its end. */
export async function judgeAhead(history: History): Promise<void> {
  const { plan, world, source, keys, injections } = history
  const { early, kind, ttlMs } = plan.policy
  if (early === undefined || "beta" in early || kind === "lagging" || ttlMs < shortestTtlMs) return
  if (injections.applied.has("damage") || injections.applied.has("server-clock")) return
  const startMs = world.nowMs
  await inEveryProcess(history, refreshesMs, refreshOne)
  keys.names.forEach((_, key) => source.changeAtOnce(key))
  await runUntil(world, startMs + readAt * ttlMs)
  await readUntilKept(history, loadsMs)
  await inEveryProcess(history, loadsMs, renewedOne)
}
