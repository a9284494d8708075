import type { History } from "../history.ts"
import type { Peer } from "../workload/peer.ts"
import { runUntil } from "../world/run-until.ts"

/** Of the network and of clocks. */
const slackMs = 50
/** Until reads that nothing holds up have been answered, in milliseconds. */
const readsMs = 100

/**
 * Once a bound has passed since the last change, no near cache serves what was invalidated before, whatever it has not heard of. What
 * is answered late is judged late, and what fails is left to whoever judges convergence.
 */
export async function judgeNear(history: History): Promise<void> {
  const { world, plan, peers } = history
  const { nearMs, kind } = plan.policy
  if (nearMs === undefined || kind.startsWith("manual")) return
  await runUntil(world, world.nowMs + nearMs + slackMs)
  for (const peer of peers) {
    if (!peer.process.isDead) world.at(0, peer.process, () => readAll(history, peer))
  }
  await runUntil(world, world.nowMs + readsMs)
}

function readAll({ judge, keys }: History, { process, cache }: Peer): void {
  keys.names.forEach((name, key) => {
    const asked = judge.ask(0, process.id, key)
    cache.get(name).then(
      (row) => judge.answered(asked, row),
      () => {},
    )
  })
}
