import { parseVersions } from "../http/row-version.ts"
import type { ShopAnswer, VersionedRow } from "./shop-request.ts"

/** In which version an answer shows each of these rows; 0: it does not. */
export function seenVersions(
  answer: Extract<ShopAnswer, { is: "answer" }>,
  rows: readonly VersionedRow[],
): readonly (VersionedRow & { readonly seen: number })[] {
  if (answer.versions === "") return rows.map((row) => ({ ...row, seen: rows.length === 1 ? answer.version : 0 }))
  const shown = parseVersions(answer.versions)
  return rows.map((row) => {
    const found = shown.find(({ what, id }) => what === row.what && id === row.id)
    return { ...row, seen: found?.version ?? 0 }
  })
}
