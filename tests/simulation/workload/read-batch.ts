import { BatchPartialError } from "holdfast"
import type { ReadJudge } from "../oracles/read-judge.ts"
import type { KeySpace } from "./key-space.ts"
import type { Peer } from "./peer.ts"
import type { Row } from "./source.ts"

/** Reads all keys by one call. What could be read is judged, although other keys failed; answers what these failed with. */
export async function readBatch(
  { judge, keys }: { readonly judge: ReadJudge; readonly keys: KeySpace },
  { process, cache }: Peer,
  id: number,
): Promise<{ readonly rows: readonly (Row | undefined)[]; readonly failures: readonly unknown[] }> {
  const asked = keys.names.map((_, key) => judge.ask(id, process.id, key))
  try {
    const rows = await cache.getMany(keys.names)
    for (const [key, row] of rows.entries()) judge.answered(asked[key] as (typeof asked)[number], row)
    return { rows, failures: [] }
  } catch (error) {
    if (!(error instanceof BatchPartialError)) throw error
    const values = error.values as ReadonlyMap<string, Row | undefined>
    for (const [key, name] of keys.names.entries()) {
      if (values.has(name)) judge.answered(asked[key] as (typeof asked)[number], values.get(name))
    }
    return { rows: [...values.values()], failures: [...error.errors.values()] }
  }
}
