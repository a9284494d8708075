import { glob, hasCode, type Glob } from "holdfast"
import type { EntriesWatch } from "../oracles/entries-watch.ts"
import type { Floors } from "../oracles/floors.ts"
import type { KeySpace } from "./key-space.ts"
import type { Peer } from "./peer.ts"
import type { OperationPlan } from "./plan.ts"
import type { Source } from "./source.ts"

interface SweepParts {
  readonly keys: KeySpace
  readonly source: Source
  readonly floors: Floors
  readonly entries: EntriesWatch
}

/** A pattern, and the keys that it means. */
interface Meant {
  readonly told: string
  readonly pattern: Glob
  readonly keys: readonly number[]
  /** Whether it is for the whole namespace. */
  readonly isWide: boolean
}

/** All rows whose keys match change, and their pattern is invalidated. */
export async function invalidatePattern(parts: SweepParts, peer: Peer, plan: OperationPlan): Promise<string> {
  const { entries, floors, source } = parts
  const { process } = peer
  const meant = meantBy(parts.keys, plan)
  await Promise.all(meant.keys.map((key) => source.change(process, key, plan.roll).catch(() => 0)))
  const { era } = floors
  const newest = new Map(meant.keys.map((key) => [key, source.newest(key)]))
  const sweep = entries.begin(meant)
  try {
    const { delivered, matched } = await peer.invalidatePattern(meant.pattern, meant.isWide)
    const acknowledged = sweep.isUndisturbed ? newest : new Map<number, number>()
    for (const [key, version] of acknowledged) floors.acknowledge(process.id, key, version, delivered, era)
    return `${meant.told}, versions ${[...newest.values()].join(", ")}, matched: ${matched}, delivered: ${delivered}`
  } catch (error) {
    if (!hasCode(error, "SWEEP_INCOMPLETE")) throw error
    return `${meant.told}, and the sweep could not be ended`
  } finally {
    sweep.end()
  }
}

/** Finds the entries whose keys match. */
export async function scan(parts: SweepParts, peer: Peer, plan: OperationPlan): Promise<string> {
  const { entries, keys } = parts
  const meant = meantBy(keys, plan)
  const sweep = entries.begin(meant)
  const found: string[] = []
  try {
    for await (const { key } of peer.scan(meant.pattern, meant.isWide)) found.push(String(key))
    sweep.judge("not-found", "a scan", new Set(found.map((name) => keys.names.indexOf(name))), plan.id)
  } catch (error) {
    if (!hasCode(error, "SWEEP_INCOMPLETE")) throw error
    return `${meant.told}, and the scan could not be ended`
  } finally {
    sweep.end()
  }
  return `${meant.told}, found ${found.join(", ") || "nothing"}`
}

const onlyFirst: readonly number[] = [0, 1]

function meantBy({ names }: KeySpace, { key, roll }: OperationPlan): Meant {
  const name = names[key] as string
  const all = [...names.keys()]
  if (roll < 0.35) return { told: name, pattern: glob`${name}`, keys: [key], isWide: false }
  if (roll < 0.5) return { told: "k[01]", pattern: glob`k[01]`, keys: onlyFirst, isWide: false }
  if (roll < 0.8) return { told: "k*", pattern: glob`k*`, keys: all, isWide: false }
  return { told: "row:k?", pattern: glob`row:k?`, keys: all, isWide: true }
}
