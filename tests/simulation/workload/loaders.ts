import type { LoadContext, LoadedEntry, LoadManyContext, LoaderAnswer } from "holdfast"
import type { RestWatch } from "../oracles/resting.ts"
import type { SimProcess } from "../world/sim-process.ts"
import type { Policy } from "./plan.ts"
import type { Row, Source } from "./source.ts"

interface LoaderParts {
  readonly policy: Policy
  readonly process: SimProcess
  readonly source: Source
  readonly keyOf: (name: string) => number
  readonly rests: RestWatch
}

/** Share of the loads whose value is not to be stored, and share of those whose loader says for how long it is fresh. */
const skipShare = 0.15
const ttlShare = 0.4

/** How one process reads the source, and what it says of what it has read. */
export function loadersOf({ policy, process, source, keyOf, rests }: LoaderParts): object {
  const said = (row: Row | undefined, previous: unknown, entryOf: () => LoadedEntry): LoaderAnswer<Row> => {
    if (row === undefined) return undefined
    // A version that was loaded before is what it was then, in its category too.
    if (policy.unchanged && (previous as Row | undefined)?.v === row.v) return entryOf().unchanged()
    return source.directs ? directed(row, entryOf()) : row
  }
  const directed = (row: Row, entry: LoadedEntry): Row => {
    const drawn = process.random.float()
    if (drawn < skipShare) {
      entry.skip()
      return { ...row, s: 1 }
    }
    if (drawn > skipShare + ttlShare) return row
    const t = Math.ceil(policy.ttlMs * (0.2 + 0.8 * ((drawn - skipShare) / ttlShare)))
    entry.ttl(`${t}ms`)
    return { ...row, t }
  }
  return {
    load: async (name: string, { previous, reason, entry }: LoadContext) => {
      const row = await rests.watch(name, reason, () => source.read(process, keyOf(name)))
      return said(row, previous, () => entry)
    },
    loadMany: async (names: readonly string[], { previous, entry }: LoadManyContext<string>) => {
      const rows = await source.readMany(process, names.map(keyOf))
      return new Map(names.map((name, at) => [name, said(rows[at], previous.get(name), () => entry(name))]))
    },
  }
}
