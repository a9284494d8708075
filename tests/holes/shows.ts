import type { Claim, HoleId } from "./failure-table.ts"

/** The name of a test that shows something of a hole; the row says in which file it stands. */
export function shows<Id extends HoleId>(id: Id, claim: Claim<Id>): string {
  return `${id}: ${claim}`
}
