import type { History } from "../history.ts"
import { runUntil } from "../world/run-until.ts"

/** A process that has closed keeps no timer and no socket. */
export async function judgeLeftovers({ world, peers, violations }: History, isNaive: boolean): Promise<void> {
  const living = peers.filter(({ process }) => !process.isDead)
  let closed = 0
  for (const peer of living) {
    world.at(0, peer.process, () => {
      peer.close().then(
        () => (closed += 1),
        (error: unknown) => violations.add("close-failed", `${peer.process.name}: ${String(error)}`),
      )
    })
  }
  await runUntil(world, world.nowMs + 2500)
  if (isNaive) return
  if (closed < living.length) violations.add("close-hangs", `${living.length - closed} processes have not closed`)
  for (const { process } of living) {
    if (process.timers > 0) violations.add("timer-left", `${process.name} keeps ${process.timers} timers after close`)
    if (process.sockets > 0)
      violations.add("socket-left", `${process.name} keeps ${process.sockets} sockets after close`)
  }
}
