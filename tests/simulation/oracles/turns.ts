import type { History } from "../history.ts"
import { byOne } from "./by-one.ts"
import { inEveryProcess, type Act } from "./settled.ts"

/** Until all is invalidated, and until all is loaded, in milliseconds. */
const settlesMs = 300

/** Once all is quiet: the loads of single reads of one turn are one call. */
export async function judgeTurns(history: History): Promise<void> {
  const { plan, source, violations, injections, keys } = history
  const { batch, kind } = plan.policy
  if (!batch || kind.startsWith("manual") || injections.applied.has("damage")) return
  await inEveryProcess(
    history,
    settlesMs,
    byOne((_, { cache }, key) => cache.invalidate(nameOf(key)).then(() => {})),
  )
  const before = source.manyLoads
  await inEveryProcess(history, settlesMs, byOne(readTwice))
  const calls = source.manyLoads - before
  if (calls !== 1) violations.add("not-gathered", `${keys.names.length} keys of one turn were loaded by ${calls} calls`)

  function nameOf(key: number): string {
    return keys.names[key] as string
  }
}

/** Two reads of a key are one load. */
const readTwice: Act = async ({ keys }, { cache }, key) => {
  const name = keys.names[key] as string
  await Promise.all([cache.get(name), cache.get(name)])
}
