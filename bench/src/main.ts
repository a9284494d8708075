import { mkdir, writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { benches } from "./benches.ts"
import type { Bench } from "./bench.ts"

const help = `npm run bench [-- BENCH [WORKLOAD...]] [--rounds N] [--seconds N] [--json] [--save]

Holdfast against other ways to do the same, each candidate in a process of its own, taking turns. Without a name, all benches.
${benches.map(({ id, title, workloads }) => `  ${id.padEnd(9)} ${title}\n            workloads: ${workloads.join(", ")}`).join("\n")}
  --rounds N    rounds per workload (default 5); figures are medians
  --seconds N   measured time per round (default 3)
  --json        print one JSON document instead of tables
  --save        also write bench/results/BENCH.json
HOLDFAST_TRACES=DIR adds recorded traces to the hit ratios of near: *.txt or *.txt.gz with one key per line.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
})

if (values.help) {
  console.log(help)
} else {
  await main()
}

async function main(): Promise<void> {
  const [name, ...workloads] = positionals
  const chosen = benches.filter(({ id }) => name === undefined || id === name)
  if (chosen.length === 0) return refuse(`there is no bench "${name}"`)
  const unknown = workloads.find((id) => !chosen.some((bench) => bench.workloads.includes(id)))
  if (unknown !== undefined) return refuse(`${name} has no workload "${unknown}"`)
  const numbers = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
  if (!(numbers.rounds >= 1) || !(numbers.seconds > 0)) return refuse("--rounds and --seconds must be positive numbers")
  const results: Record<string, object> = {}
  for (const bench of chosen) {
    results[bench.id] = await measured(bench, workloads, numbers)
    if (values.save) await save(bench.id, results[bench.id])
  }
  if (values.json) console.log(JSON.stringify(results, undefined, 2))
}

async function measured(
  bench: Bench,
  workloads: readonly string[],
  numbers: { rounds: number; seconds: number },
): Promise<object> {
  const result = (await bench.run({
    ...numbers,
    workloads: workloads.length === 0 ? bench.workloads : workloads,
    print(table) {
      replaceLine("")
      if (!values.json) console.log(table)
    },
    progress: replaceLine,
  })) as { conditions?: Record<string, string | number> }
  replaceLine("")
  const stated = Object.entries(result.conditions ?? {}).map(([is, value]) => `${is} ${value}`)
  if (!values.json) console.log(`\n${stated.join(", ")}`)
  return result
}

/** Only for somebody who watches. */
function replaceLine(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`)
}

async function save(id: string, result: object | undefined): Promise<void> {
  const folder = new URL("../results/", import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL(`${id}.json`, folder), `${JSON.stringify(result, undefined, 2)}\n`)
}

function refuse(problem: string): void {
  console.error(`bench: ${problem}\n\n${help}`)
  process.exitCode = 2
}
