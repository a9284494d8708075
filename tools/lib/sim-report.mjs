/** @typedef {import("../../tests/simulation/main.ts").BatchReport} BatchReport */

/**
 * @typedef {object} SimRun
 * @property {number} seed
 * @property {string} mix
 * @property {string} commit
 * @property {number} workers
 * @property {boolean} isNaive
 * @property {number} asked Histories that were asked for.
 * @property {number} badMax
 * @property {number} seconds
 */

/**
 * What all threads did together.
 *
 * @param {readonly BatchReport[]} reports
 * @param {SimRun} run
 * @param {boolean} isInterrupted
 */
export function simFigures(reports, { seed, mix, commit, asked, seconds }, isInterrupted) {
  const bad = reports.flatMap((each) => each.bad).toSorted((a, b) => a.seed - b.seed)
  const histories = sum(reports, "histories")
  const events = sum(reports, "events")
  const ended = histories >= asked ? "all" : isInterrupted ? "interrupted" : "bad"
  const figures = {
    seed,
    mix,
    commit,
    histories,
    asked,
    ended: ended,
    events,
    operations: sum(reports, "operations"),
    short: sum(reports, "short"),
    fewestEvents: histories === 0 ? 0 : Math.min(...reports.map(({ fewestEvents }) => fewestEvents)),
    seconds: Math.round(seconds * 10) / 10,
    historiesPerSecond: Math.round(histories / seconds),
    eventsPerSecond: Math.round(events / seconds),
    wentWrong: bad.length,
  }
  return { figures, bad }
}

/**
 * The text below the table.
 *
 * @param {ReturnType<typeof simFigures>} result
 * @param {SimRun} run
 */
export function simText({ figures, bad }, { workers, isNaive, badMax }) {
  const { seed, mix, commit, histories, events, operations, fewestEvents, short, seconds } = figures
  const stories = bad.flatMap((each) => [
    `seed ${each.seed}, mix ${each.mix}: ${each.kinds.join(", ")}: ${each.what}`,
    `  npm run sim -- --seed ${each.seed} --mix ${each.mix}${isNaive ? " --naive" : ""} --story`,
  ])
  return [
    ...stories,
    `seeds from ${seed}, mix ${mix}, commit ${commit}, ${workers} threads`,
    `${histories} histories, ${events} events (at least ${fewestEvents} each, fewer than 200 in ${short} histories), ${operations} operations`,
    `${seconds} s: ${figures.historiesPerSecond} histories/s, ${figures.eventsPerSecond} events/s`,
    `${figures.wentWrong} histories went wrong`,
    ...endLines(figures, { isNaive, badMax }),
  ].join("\n")
}

/**
 * Why not all histories were run, and that the control did what it is there for.
 *
 * @param {Pick<ReturnType<typeof simFigures>["figures"], "ended" | "histories" | "asked" | "wentWrong">} figures
 * @param {{ isNaive: boolean, badMax: number }} run
 */
function endLines({ ended, histories, asked, wentWrong }, { isNaive, badMax }) {
  const lines = []
  if (isNaive && wentWrong > 0) lines.push("The control is meant to go wrong.")
  if (ended === "interrupted") lines.push(`interrupted after ${histories} of ${asked} histories`)
  if (ended === "bad")
    lines.push(`stopped after ${wentWrong} that went wrong (--bad ${badMax}); ${histories} of ${asked} histories`)
  return lines
}

/**
 * @param {readonly BatchReport[]} reports
 * @param {"histories" | "events" | "operations" | "short"} field
 */
function sum(reports, field) {
  return reports.reduce((total, report) => total + report[field], 0)
}
