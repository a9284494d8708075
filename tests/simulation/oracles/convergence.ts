import type { History } from "../history.ts"
import type { Peer } from "../workload/peer.ts"
import { runUntil } from "../world/run-until.ts"

/** Leases, windows, waits, journals and backoffs have ended by then, in milliseconds. */
const quietMs = 5500
/** Until a socket that died in silence has been noticed and replaced. */
const silenceMs = 4000
/** From one process that reads at the end to the next. */
const apartMs = 100
/** Until the lease of a lookup that nobody ended is over. */
const forgottenMs = 6000

/** Once all is quiet, every living process answers what the source holds; and nothing that was asked before is still unanswered. */
export async function judgeConvergence(history: History): Promise<void> {
  const { world, clients, violations, injections, plan, owesTtl } = history
  const ttlMs = owesTtl ? plan.policy.ttlMs + plan.policy.graceMs + 700 : 0
  await runUntil(world, world.nowMs + quietMs + (injections.applied.has("half-open") ? silenceMs : 0) + ttlMs)
  for (const { id, kind, process } of clients.hanging) {
    violations.add("hang", `operation ${id} (${kind} in P${process}) has not ended`, id)
  }
  // One by one, so that the first loads what the others find.
  for (const [at, peer] of history.peers.entries()) {
    if (!peer.process.isDead) world.at(at * apartMs, peer.process, () => void readAll(history, peer))
  }
  const wanted = history.peers.filter(({ process }) => !process.isDead).length * history.keys.names.length
  await runUntil(world, world.nowMs + 1500)
  if (history.finalReads < wanted) await runUntil(world, world.nowMs + forgottenMs)
  if (history.finalReads < wanted) {
    violations.add("hang", `${wanted - history.finalReads} reads at the end have not ended`)
  }
}

async function readAll(history: History, peer: Peer): Promise<void> {
  await Promise.all(history.keys.names.map((_, key) => readOne(history, peer, key)))
}

async function readOne(history: History, { process, cache }: Peer, key: number): Promise<void> {
  const { keys, source, violations, plan } = history
  const name = keys.names[key] as string
  const newest = source.newest(key)
  try {
    if (plan.policy.kind.startsWith("manual")) {
      const found = await cache.lookup(name)
      if (!found.hit) await found.release()
      else judge(found.value?.v)
    } else judge((await cache.get(name))?.v)
  } catch (error) {
    violations.add("no-answer", `${process.name} cannot read ${name} at the end: ${String(error)}`)
  }
  history.finalReads += 1

  function judge(version: number | undefined): void {
    const wanted = source.isAbsent(key, newest) ? undefined : newest
    if (version === wanted) return
    violations.add(
      "no-convergence",
      `${process.name} answers version ${version} of ${name} at the end, the source holds ${wanted}`,
    )
  }
}
