import { markdownTable } from "./markdown-table.mjs"

/**
 * @typedef {object} ConformanceCell What the tests of one client on one topology and one server came to.
 * @property {string} row
 * @property {string} column
 * @property {number} passed
 * @property {number} failed Also those that could not be run because their servers did not start.
 * @property {string[]} reasons Why something was skipped, if it was.
 */

/**
 * @typedef {object} Conformance
 * @property {ConformanceCell[]} cells
 * @property {string[]} notes Why whole columns are not there.
 */

/**
 * Collects what tests say in their `meta` about their place in the table; see tests/conformance/matrix.ts.
 *
 * @param {readonly import("vitest/node").TestCase[]} tests
 * @returns {Conformance}
 */
export function collectConformance(tests) {
  /** @type {Map<string, ConformanceCell>} */
  const cells = new Map()
  /** @type {Set<string>} */
  const notes = new Set()
  for (const test of tests) {
    const { cell, notRun = [] } = /** @type {{ cell?: Place, notRun?: Place[] }} */ (test.meta())
    const result = test.result()
    const reason = result.state === "skipped" ? result.note : undefined
    if (cell !== undefined) count(cellAt(cells, cell), result.state, reason)
    for (const place of notRun) if (reason !== undefined) addReason(cellAt(cells, place), reason)
    if (notRun.length === 0 && "notRun" in test.meta() && reason !== undefined) notes.add(reason)
  }
  return { cells: [...cells.values()], notes: [...notes] }
}

/** @typedef {{ row: string, column: string }} Place */

/**
 * The table client x topology by server: how many cases passed and failed, and why others were not run. Nothing if no cell was run.
 *
 * @param {Conformance | undefined} conformance
 * @returns {string[]} Lines.
 */
export function conformanceLines({ cells, notes } = { cells: [], notes: [] }) {
  if (cells.length === 0) return []
  const columns = [...new Set(cells.map(({ column }) => column))]
  const rows = [...new Set(cells.map(({ row }) => row))]
  const reasons = [...new Set(cells.flatMap((cell) => cell.reasons))]
  /** @param {string} row @param {string} column */
  const text = (row, column) => {
    const found = cells.find((cell) => cell.row === row && cell.column === column)
    return found === undefined ? "" : cellText(found, reasons)
  }
  return [
    ...markdownTable(
      ["", ...columns],
      rows.map((row) => [row, ...columns.map((column) => text(row, column))]),
    ).split("\n"),
    "",
    ...reasons.map((reason, at) => `[${at + 1}] ${reason}`),
    ...notes.map((note) => `No more columns: ${note}`),
  ]
}

/**
 * @param {ConformanceCell} cell
 * @param {readonly string[]} reasons
 */
function cellText({ passed, failed, reasons: own }, reasons) {
  const counts = failed > 0 ? `${passed} passed, ${failed} FAILED` : passed > 0 ? `${passed} passed` : "-"
  return [counts, ...own.map((reason) => `[${reasons.indexOf(reason) + 1}]`)].join(" ")
}

/**
 * @param {Map<string, ConformanceCell>} cells
 * @param {Place} place
 */
function cellAt(cells, { row, column }) {
  const key = `${row} on ${column}`
  const cell = cells.get(key) ?? { row, column, passed: 0, failed: 0, reasons: [] }
  cells.set(key, cell)
  return cell
}

/**
 * @param {ConformanceCell} cell
 * @param {string} state
 * @param {string | undefined} reason
 */
function count(cell, state, reason) {
  if (state === "passed") cell.passed += 1
  else if (reason === undefined) cell.failed += 1
  else addReason(cell, reason)
}

/**
 * @param {ConformanceCell} cell
 * @param {string} reason
 */
function addReason(cell, reason) {
  if (!cell.reasons.includes(reason)) cell.reasons.push(reason)
}
