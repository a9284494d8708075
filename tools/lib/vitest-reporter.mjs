import { writeFileSync } from "node:fs"
import { collectConformance } from "./conformance-table.mjs"

/**
 * Counts what vitest ran and lists what it skipped, each with its reason.
 *
 * A skip without a reason fails the run: write `context.skip("why")` in the test. All goes to the file that
 * `HOLDFAST_TEST_REPORT` names, if it names one, else the skips are printed.
 */
class SkipReporter {
  #filtered = false
  /** @type {string[]} What tests printed: the figures that they measured. */
  #figures = []

  /** @param {import("vitest/node").Vitest} vitest */
  onInit(vitest) {
    this.#filtered = vitest.config.testNamePattern !== undefined
  }

  /** @param {import("vitest").UserConsoleLog} log */
  onUserConsoleLog({ type, content }) {
    if (type === "stdout") this.#figures.push(...content.trim().split("\n"))
  }

  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const brokenFiles = modules.filter(
      (module) => module.state() === "failed" && [...module.children.allTests("failed")].length === 0,
    )
    const skipped = this.#filtered ? [] : tests.filter((test) => test.result().state === "skipped").map(describeSkip)
    const unexplained = skipped.filter(({ reason }) => reason === undefined)
    const report = {
      passed: tests.filter((test) => test.result().state === "passed").length,
      failed:
        tests.filter((test) => test.result().state === "failed").length +
        brokenFiles.length +
        unhandledErrors.length +
        unexplained.length,
      skipped,
      figures: this.#figures,
      // With a name filter most tests are skipped without a word: no table then.
      conformance: this.#filtered ? undefined : collectConformance(tests),
    }
    if (unexplained.length > 0) process.exitCode = 1
    const file = process.env["HOLDFAST_TEST_REPORT"]
    if (file) writeFileSync(file, JSON.stringify(report))
    else for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason ?? "NO REASON GIVEN"}`)
  }
}

/** @param {import("vitest/node").TestCase} test */
function describeSkip(test) {
  const result = test.result()
  return { name: test.fullName, reason: result.state === "skipped" ? result.note : undefined }
}

// vitest loads a reporter by its default export.
export default SkipReporter
