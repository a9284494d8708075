import pc from "picocolors"
import { readFlags } from "./flags.ts"
import type { Flags } from "./flags.ts"
import { createProgress } from "./report/progress.ts"
import { createReport } from "./report/run-report.ts"
import type { RunReport } from "./report/run-report.ts"
import { summaryLines } from "./report/summary.ts"
import { Resources } from "./resources.ts"
import { runSettings } from "./scenario/run-settings.ts"
import { playScenario } from "./scenario/scenario.ts"
import { openSurroundings } from "./scenario/surroundings.ts"

const progress = createProgress(process.stderr)
const resources = new Resources()
let interrupted = false

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    // The second Ctrl-C does not wait for anything.
    if (interrupted) process.exit(code)
    interrupted = true
    void resources.close().then(() => process.exit(code))
  })
}

await main()

async function main(): Promise<void> {
  const answer = await readFlags(process.argv.slice(2))
  if (answer.is === "help") return void process.stdout.write(`${answer.text}\n`)
  if (answer.is === "refused") {
    process.stderr.write(`${answer.message}\nnpm start -- --help lists the options.\n`)
    process.exitCode = 2
    return
  }
  try {
    await run(answer.flags)
  } catch (error) {
    if (interrupted) return
    process.stderr.write(`${pc.red("The shop could not go on.")} ${messageOf(error)}\n`)
    await resources.close()
    process.exitCode = 1
  }
}

async function run(flags: Flags): Promise<void> {
  const urls = { databaseUrl: process.env["DATABASE_URL"], redisUrl: process.env["REDIS_URL"] }
  const surroundings = await openSurroundings(flags, urls, { progress, resources })
  const { phases, outageSkipped, shop } = await playScenario(flags, surroundings, { progress, resources })
  const report = createReport(runSettings(flags, surroundings), phases, outageSkipped)
  await print(flags, report)
  if (!flags.once) return serveOn(shop.url)
  await resources.close()
  process.exitCode = report.verdict.ok ? 0 : 1
}

/** Waits until everything is written: a pipe takes a long report in parts. */
function print(flags: Flags, report: RunReport): Promise<void> {
  const text = flags.json ? JSON.stringify(report, undefined, 2) : `\n${summaryLines(report).join("\n")}\n`
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()))
}

function serveOn(url: string): void {
  progress.say(`The shop is open at ${pc.bold(url)} until Ctrl-C:`)
  for (const path of ["/", "/products/42", "/products/42/offer", "/search?q=oak+chair", "/stats", "/health"]) {
    progress.say(`  ${url}${path}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
