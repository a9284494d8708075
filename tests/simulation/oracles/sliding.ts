import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"
import { byOne, refreshOne } from "./by-one.ts"
import { inEveryProcess, readOne, readUntilKept, renewedOne, type Act } from "./settled.ts"

/** With shorter ones what a read renews is not told from what it loads. */
const shortestTtlMs = 8000
/** Until all is loaded and stored, in milliseconds. */
const refreshesMs = 500
/** Until a renewal has been executed. */
const renewsMs = 250

/** Once all is quiet: an entry that was read in the middle of its life is still there when that life would have been over. */
export async function judgeSliding(history: History): Promise<void> {
  const { plan, world, injections } = history
  const { absoluteTtlMs, kind, ttlMs, nearMs } = plan.policy
  if (absoluteTtlMs === undefined || kind.startsWith("manual") || ttlMs < shortestTtlMs) return
  if (injections.applied.has("damage") || injections.applied.has("server-clock")) return
  // A tag that is known under a proof is not looked at for half a minute: if it was evicted, its entries are found dead only then.
  if (nearMs !== undefined && injections.applied.has("evict")) return
  const startMs = world.nowMs
  await inEveryProcess(history, refreshesMs, refreshOne)
  await runUntil(world, startMs + 0.6 * ttlMs)
  await judgeRenewals(history)
  await runUntil(world, startMs + 1.3 * ttlMs)
  await inEveryProcess(history, renewsMs, stillThere)
  if (plan.policy.graceMs > 0) await judgeExpired(history)
}

/**
 * What was renewed a moment ago is not renewed again. With near caches only the process reads that has the copies: in the middle of a
 * life they are no longer served.
 */
async function judgeRenewals(history: History): Promise<void> {
  const { plan, lives, violations } = history
  const read = plan.policy.nearMs === undefined ? readOne : byOne(readOne)
  await inEveryProcess(history, renewsMs, read)
  const before = lives.renewals
  await inEveryProcess(history, renewsMs, read)
  if (lives.renewals > before)
    violations.add("slid-again", `${lives.renewals - before} entries were renewed that had just been`)
}

/** A renewal that meets an expire on its way leaves it expired: the next read refreshes. */
async function judgeExpired(history: History): Promise<void> {
  const { keys, source } = history
  keys.names.forEach((_, key) => source.changeAtOnce(key))
  await inEveryProcess(history, renewsMs, readOrExpire)
  await readUntilKept(history, renewsMs)
  await inEveryProcess(history, renewsMs, renewedOne)
}

/** One process expires what the others read. */
const readOrExpire: Act = async ({ keys, peers }, peer, key) => {
  const name = keys.names[key] as string
  if (peer === peers.findLast(({ process }) => !process.isDead)) await peer.cache.invalidate(name, { expire: true })
  else await peer.cache.get(name)
}

const stillThere: Act = async ({ violations, keys, source }, { process, cache }, key) => {
  if (source.isAbsent(key, source.newest(key)) || (await cache.peek(keys.names[key] as string)) !== undefined) return
  violations.add("not-slid", `${process.name} finds no ${keys.names[key]}, which was read before its ttl had passed`)
}
