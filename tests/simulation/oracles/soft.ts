import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"
import { refreshOne } from "./by-one.ts"
import { expireOne, inEveryProcess, renewedOne } from "./settled.ts"

/** With a shorter soft time limit what it serves is not told from what is served at once. */
const shortestSoftMs = 40
/** What every load takes meanwhile, which is longer than any soft time limit, in milliseconds. */
const slownessMs = 300
/** Until a load has ended, in milliseconds. */
const loadsMs = 250
/** Until an entry is expired, by a server that may not know the script, in milliseconds. */
const expiresMs = 40

/**
 * Once all is quiet: who reads at the very end of a grace, and can have no lease, waits for a slow load, if the grace ends before the
 * soft time limit. No server has memory to grant leases.
 */
export async function judgeSoft(history: History): Promise<void> {
  const { plan, world, source, keys, servers, injections } = history
  const { softMs = 0, kind, graceMs, nearMs, early } = plan.policy
  if (softMs < shortestSoftMs || kind === "lagging" || graceMs < 2 * softMs) return
  // Who has found an entry due early, and another process refreshing it, serves it for a while.
  if (early !== undefined) return
  if (injections.applied.has("damage") || injections.applied.has("server-clock")) return
  await inEveryProcess(history, loadsMs, refreshOne)
  const expiredMs = world.nowMs
  await inEveryProcess(history, expiresMs, expireOne)
  keys.names.forEach((_, key) => source.changeAtOnce(key))
  await runUntil(world, expiredMs + graceMs - softMs / 2)
  source.slownessMs = slownessMs
  for (const { model } of servers.primaries) model.refusal = "OOM"
  await inEveryProcess(history, slownessMs + loadsMs + (nearMs === undefined ? 0 : loadsMs), renewedOne)
  for (const { model } of servers.primaries) model.refusal = ""
  source.slownessMs = 0
}
