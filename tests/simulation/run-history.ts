import { findBeside } from "./tally/find-beside.ts"
import type { Rule } from "./tally/rules.ts"
import type { FaultClass } from "./faults/fault-classes.ts"
import { mixNamed } from "./faults/mixes.ts"
import { History } from "./history.ts"
import { judgeAhead } from "./oracles/ahead.ts"
import { judgeAway } from "./oracles/away.ts"
import { judgeByChance } from "./oracles/by-chance.ts"
import { judgeConvergence } from "./oracles/convergence.ts"
import { judgeHerd } from "./oracles/herd.ts"
import { judgeLeftovers } from "./oracles/leftovers.ts"
import { judgeMixUps } from "./oracles/mix-up.ts"
import { judgeNear } from "./oracles/near.ts"
import { judgeSettled, settledEvery } from "./oracles/settled.ts"
import { judgeSliding } from "./oracles/sliding.ts"
import { judgeRests } from "./oracles/rests.ts"
import { judgeSoft } from "./oracles/soft.ts"
import { judgeTurns } from "./oracles/turns.ts"
import { judgeUnchanged } from "./oracles/unchanged.ts"
import type { Violation } from "./oracles/violations.ts"
import type { Plan } from "./workload/plan.ts"
import { planHistory } from "./workload/planner.ts"
import { runUntil } from "./world/run-until.ts"

/** What to run: a seed and a mix, or a plan that was made of them and cut. */
export interface RunOptions {
  readonly seed: number
  readonly mix: string
  readonly plan?: Plan | undefined
  /** A plain cache-aside instead of the library. */
  readonly isNaive?: boolean
  readonly tell?: ((line: string) => void) | undefined
}

/** What became of one history. */
export interface HistoryResult {
  readonly seed: number
  readonly mix: string
  readonly violations: readonly Violation[]
  readonly events: number
  readonly operations: number
  /** The same for the same seed, mix and code. */
  readonly hash: number
  /** Fault classes that came to pass. */
  readonly faults: ReadonlySet<FaultClass>
  readonly rules: ReadonlyMap<Rule, number>
}

/** Runs one history from its beginning to the end of all its processes. The same options give the same result. */
export async function runHistory(options: RunOptions): Promise<HistoryResult> {
  const { seed, isNaive = false, tell } = options
  const mix = mixNamed(options.mix)
  const plan = options.plan ?? planHistory(seed, mix)
  const history = new History({ plan, isNaive, tell })
  const { world, clients, violations } = history
  const onUnhandled = (reason: unknown): void => violations.add("unhandled-rejection", String(reason))
  process.on("unhandledRejection", onUnhandled)
  try {
    clients.start()
    await runUntil(world, plan.calmMs)
    if (mix.isHerd === true) judgeHerd(history)
    history.calmDown()
    await judgeNear(history)
    await judgeConvergence(history)
    judgeMixUps(history)
    history.endMixUps()
    if (!isNaive && (mix.name !== "all" || seed % settledEvery === 0)) {
      await judgeSettled(history)
      await judgeAhead(history)
      await judgeByChance(history)
      await judgeSliding(history)
      await judgeUnchanged(history)
      await judgeTurns(history)
      await judgeSoft(history)
      await judgeRests(history)
      await judgeAway(history)
    }
    await judgeLeftovers(history, isNaive)
  } finally {
    process.off("unhandledRejection", onUnhandled)
  }
  findBeside(history)
  return {
    seed,
    mix: mix.name,
    violations: violations.all,
    events: world.events,
    operations: clients.finished,
    hash: world.hash >>> 0,
    faults: history.injections.applied,
    rules: history.rules.counts,
  }
}
