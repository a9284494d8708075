// npm run fix: repairs what can be repaired without thinking. Read the diff afterwards.
import { runSteps, steps } from "./check.mjs"
import { setupOrExit } from "./setup.mjs"
import { apiReport } from "./steps/api-report.mjs"
import { types } from "./steps/types.mjs"

await setupOrExit("check")
const repairable = steps.filter(({ fix }) => fix !== undefined && fix !== apiReport.fix)
const results = await runSteps([...repairable, types, apiReport], (step) => step.fix?.() ?? step.run())
process.exitCode = results.some(({ status }) => status === "failed") ? 1 : 0
