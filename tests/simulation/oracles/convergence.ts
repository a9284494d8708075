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
/** Until a reader behind a lease that nobody ends has waited for two caps, each up to twice a slow load, and has loaded. */
const behindLeasesMs = 20_000
/** Where nearly nothing went wrong, all is read again until a history has so many. */
export const leastEvents = 200
const roundsMost = 5

/** Once all is quiet, every living process answers what the source holds; and nothing that was asked before is still unanswered. */
export async function judgeConvergence(history: History): Promise<void> {
  const { world, clients, violations, injections, plan, owesTtl } = history
  const ttlMs = owesTtl ? plan.policy.ttlMs + plan.policy.graceMs + 700 : 0
  await runUntil(world, world.nowMs + quietMs + (mayBeSilent(injections) ? silenceMs : 0) + ttlMs)
  if (clients.hanging.length > 0) await runUntil(world, world.nowMs + behindLeasesMs)
  for (const { id, kind, process } of clients.hanging) {
    violations.add("hang", `operation ${id} (${kind} in P${process}) has not ended`, id)
  }
  await readEverywhere(history)
  for (let round = 1; round < roundsMost && world.events < leastEvents; round += 1) await readEverywhere(history)
}

function mayBeSilent({ applied }: History["injections"]): boolean {
  return applied.has("half-open") || applied.has("cut-off")
}

/** One process by one, so that the first loads what the others find. */
async function readEverywhere(history: History): Promise<void> {
  const { world, violations, keys } = history
  let left = 0
  for (const [at, peer] of history.peers.entries()) {
    if (peer.process.isDead) continue
    left += keys.names.length
    const readAll = (): void =>
      keys.names.forEach((_, key) => void readOne(history, peer, key).then(() => void (left -= 1)))
    world.at(at * apartMs, peer.process, readAll)
  }
  await runUntil(world, world.nowMs + 1500)
  if (left > 0) await runUntil(world, world.nowMs + forgottenMs)
  if (left > 0) violations.add("hang", `${left} reads at the end have not ended`)
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

  function judge(version: number | undefined): void {
    const wanted = source.isAbsent(key, newest) ? undefined : newest
    if (version === wanted) return
    violations.add(
      "no-convergence",
      `${process.name} answers version ${version} of ${name} at the end, the source holds ${wanted}`,
    )
  }
}
