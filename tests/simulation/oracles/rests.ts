import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"
import { refreshOne } from "./by-one.ts"
import { expireOne, inEveryProcess, type Act } from "./settled.ts"

/** With shorter ones an expired entry is not there for long enough. */
const shortestGraceMs = 900
/** Until a load has ended, in milliseconds. */
const loadsMs = 250
/** Reads of what is stale are so far apart, and so many. */
const apartMs = 60
const reads = 8
/** Until a wait for a load of another process has come to its cap, twice, in milliseconds. */
const waitsMs = 4500

/** Once all is quiet: while the source fails, stale entries are served, and a process does not try to refresh one at every read. */
export async function judgeRests(history: History): Promise<void> {
  const { plan, source, injections, keys, world } = history
  const { kind, graceMs, batch, tags } = plan.policy
  if (kind.startsWith("manual") || batch || tags || graceMs < shortestGraceMs || injections.applied.has("damage"))
    return
  if (injections.applied.has("server-clock") || plan.mix === "all") return
  await inEveryProcess(history, loadsMs, refreshOne)
  await inEveryProcess(history, 50, expireOne)
  let pending = 0
  // What is not stale cannot be had, and is waited for.
  const beginToRead: Act = async (_, { cache }, key) => {
    const ended = (): void => void (pending -= 1)
    pending += 1
    cache.get(keys.names[key] as string).then(ended, ended)
  }
  source.isFailing = true
  for (let read = 0; read < reads; read += 1) await inEveryProcess(history, apartMs, beginToRead)
  source.isFailing = false
  if (pending > 0) await runUntil(world, world.nowMs + waitsMs)
}
