import { markdownTable } from "./markdown-table.mjs"

/** @typedef {import("../../tests/holes/hole.ts").Hole} Hole */

const begin = "<!-- From here to the end of the holes: generated from tests/holes by `npm run fix`. Do not edit. -->"
const end = "<!-- The end of the holes. -->"

/**
 * A page with the failure table between its marks. Throws if it has none.
 *
 * @param {string} page
 * @param {Readonly<Record<string, Hole>>} table
 */
export function withFailureTable(page, table) {
  const [before, rest] = cut(page, begin)
  const [, after] = cut(rest, end)
  const rows = Object.entries(table).toSorted(([one], [other]) => Number(one.slice(1)) - Number(other.slice(1)))
  return [before.trimEnd(), begin, overview(rows), ...rows.map(section), end, after.trimStart()].join("\n\n")
}

/**
 * @param {string} text
 * @param {string} mark
 * @returns {[string, string]}
 */
function cut(text, mark) {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`The page has no line "${mark}".`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

/** @param {readonly (readonly [string, Hole])[]} rows */
const overview = (rows) =>
  markdownTable(
    ["row", "hole", "it is"],
    rows.map(([id, row]) => [`[${id}](#${anchor(title(id, row))})`, row.hole, row.is]),
  )

/** @param {readonly [string, Hole]} row */
const section = ([id, row]) =>
  [
    `### ${title(id, row)}`,
    [
      `- **Leases alone**: ${row.leases}`,
      `- **Here** (${row.is}): ${row.here}`,
      `- **What remains**: ${row.rest}`,
      ...tests(row),
    ].join("\n"),
  ].join("\n\n")

/**
 * @param {string} id
 * @param {Hole} row
 */
const title = (id, { hole }) => `${id}: ${hole}`

/** @param {Hole} row */
function tests({ shown }) {
  const links = Object.entries(shown).flatMap(([file, claims]) =>
    claims.map((claim) => `  - [${claim}](../tests/${file})`),
  )
  return links.length === 0 ? [] : ["- **Shown by tests**:", ...links]
}

/** The anchor that a heading gets. @param {string} heading */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-")
