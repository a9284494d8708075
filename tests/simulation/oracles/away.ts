import type { History } from "../history.ts"
import type { Peer } from "../workload/peer.ts"
import { roll } from "../world/dice.ts"
import { runUntil } from "../world/run-until.ts"

/** Until reads that nothing holds up have been answered, in milliseconds. */
const readsMs = 300
/** From one read to the next, in milliseconds. */
const apartMs = 40
/** How long entries are waited for at most. */
const longestLifeMs = 2500
/** How long one process loads for itself, and how long it is then looked at while it finds its server again. */
const awayMs = 1500
const returnMs = 3000
/** How long a load is served to others at most. */
const longestMs = 1000

/**
 * One process reaches no server: first its source fails as well, past the grace of what it holds; then the source answers, and each key
 * costs a load per second and no more; and then its server is back.
 */
export async function judgeAway(history: History): Promise<void> {
  const { world, plan, peers, servers, source, violations, leases, judge } = history
  const { nearMs, kind, ttlMs, negativeTtlMs, graceMs, absoluteTtlMs } = plan.policy
  const peer = peers.find(({ process }) => !process.isDead)
  if (nearMs === undefined || peer === undefined || kind.startsWith("manual") || kind === "lagging") return
  const { process } = peer
  read(history, peer, readsMs)
  await runUntil(world, world.nowMs + readsMs)

  leases.mayLapse()
  judge.mayWait()
  servers.cutOff(process, Infinity, roll(plan.seed, 7000, 1) < 0.3)
  source.isDownFor = process.id
  const lifeMs = Math.min(longestLifeMs, (absoluteTtlMs ?? ttlMs) + graceMs) + 2 * readsMs
  read(history, peer, lifeMs)
  await runUntil(world, world.nowMs + lifeMs + readsMs)

  source.isDownFor = undefined
  const before = source.loads[0] as number
  read(history, peer, awayMs)
  await runUntil(world, world.nowMs + awayMs)
  const loads = (source.loads[0] as number) - before
  const isAbsent = source.isAbsent(0, source.newest(0))
  const heldMs = Math.min(longestMs, nearMs, (isAbsent ? negativeTtlMs : ttlMs) ?? 0)
  const most = Math.ceil(awayMs / heldMs) + 1
  if (loads > most)
    violations.add("loaded-too-often", `${process.name} loaded a key ${loads} times in ${awayMs} ms, not ${most}`)

  process.cutOffUntilMs = 0
  read(history, peer, returnMs)
  await runUntil(world, world.nowMs + returnMs + readsMs)
}

/** Reads the first key again and again for so long. A source that is down fails whoever nothing is held for. */
function read({ judge, keys, world }: History, { process, cache }: Peer, forMs: number): void {
  for (let inMs = 0; inMs < forMs; inMs += apartMs) {
    world.at(inMs, process, () => {
      const asked = judge.ask(0, process.id, 0)
      cache.get(keys.names[0] as string).then(
        (row) => judge.answered(asked, row),
        () => {},
      )
    })
  }
}
