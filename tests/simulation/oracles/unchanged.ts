import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"
import { refreshOne } from "./by-one.ts"
import { inEveryProcess, readOne, type Act } from "./settled.ts"

/** With shorter ones what is found unchanged ends before it is read again. */
const shortestTtlMs = 300
/** Waiting for longer ones costs more than it shows. */
const longestLifeMs = 2500
/** Until a load has ended and is stored, in milliseconds. */
const loadsMs = 200
/** Until reads of what is there have been answered. */
const readsMs = 60
const slackMs = 20

/**
 * Once all is quiet: an entry that was found unchanged is fresh again, and outlives the life that it had before. With tags a read may load
 * for the sake of one that was lost.
 */
export async function judgeUnchanged(history: History): Promise<void> {
  const { plan, world, source, injections } = history
  const { unchanged, kind, ttlMs, graceMs, early, tags } = plan.policy
  if (!unchanged || tags || kind === "lagging" || ttlMs < shortestTtlMs || ttlMs + graceMs > longestLifeMs) return
  if (graceMs < 2 * (loadsMs + slackMs) + 0.1 * ttlMs) return
  if (injections.applied.has("damage") || injections.applied.has("server-clock")) return
  const staleMs = world.nowMs + loadsMs + ttlMs + slackMs
  await inEveryProcess(history, loadsMs, refreshOne)
  await runUntil(world, staleMs)
  await inEveryProcess(history, loadsMs + slackMs, readOne)
  const loads = [...source.loads]
  await inEveryProcess(history, readsMs, readOne)
  if (early === undefined) judgeLoads(history, loads)
  await runUntil(world, staleMs + graceMs + slackMs)
  await inEveryProcess(history, readsMs, stillKept)
}

function judgeLoads({ source, keys, violations }: History, before: readonly number[]): void {
  for (const [key, name] of keys.names.entries()) {
    if (source.loads[key] !== before[key] && !source.isAbsent(key, source.newest(key)))
      violations.add("loaded-again", `${name} is loaded again, although it was found unchanged a moment ago`)
  }
}

const stillKept: Act = async ({ violations, keys, source }, { process, cache }, key) => {
  if (source.isAbsent(key, source.newest(key)) || (await cache.peek(keys.names[key] as string)) !== undefined) return
  violations.add("not-kept", `${process.name} finds no ${keys.names[key]}, which was found unchanged before its end`)
}
