/**
 * The result of one step. `output` is shown when it failed; `note` is one short remark for the step's line.
 *
 * @typedef {object} StepResult
 * @property {"passed" | "failed" | "skipped"} status
 * @property {string} [note]
 * @property {string} [output]
 * @property {import("../lib/vitest.mjs").TestCounts} [counts] Only of steps that run tests.
 */

/**
 * One step of `npm run check`, named as in `npm run check -- <id>`.
 *
 * @typedef {object} Step
 * @property {string} id
 * @property {string} title
 * @property {() => Promise<StepResult>} run
 * @property {() => Promise<StepResult>} [fix] What `npm run fix` does about it, where something can be done.
 */

/**
 * The result of a command: passed when it exits with 0.
 *
 * @param {{ code: number, output: string }} command
 * @param {string} [note]
 * @returns {StepResult}
 */
export const fromCommand = ({ code, output }, note) => ({
  status: code === 0 ? "passed" : "failed",
  output,
  ...(note === undefined ? {} : { note }),
})

/**
 * A result from a list of complaints: passed when there is none.
 *
 * @param {readonly string[]} complaints
 * @param {string} [note]
 * @returns {StepResult}
 */
export const fromComplaints = (complaints, note) =>
  fromCommand({ code: complaints.length, output: complaints.join("\n") }, note)
