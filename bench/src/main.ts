import { mkdir, writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { startRedis } from "@holdfast/servers"
import { candidates } from "./candidates.ts"
import { conditions, linesOf, table, type Line } from "./report.ts"
import { rounds } from "./rounds.ts"
import { workloads } from "./workload.ts"

const help = `npm run bench [-- WORKLOAD...] [--rounds N] [--seconds N] [--json] [--save]

Holdfast against hand-written cache-aside on the same client, each round in a process of its own, taking turns.
Workloads: ${workloads.map(({ id }) => id).join(", ")}
  --rounds N    rounds per workload (default 5); figures are medians
  --seconds N   measured time per round (default 3)
  --json        print one JSON document instead of tables
  --save        also write bench/results/store.json`

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
  await bench()
}

async function bench(): Promise<void> {
  const unknown = positionals.find((id) => !workloads.some((workload) => workload.id === id))
  if (unknown !== undefined) return refuse(`no workload is called "${unknown}"`)
  const numbers = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
  if (!(numbers.rounds >= 1) || !(numbers.seconds > 0)) return refuse("--rounds and --seconds must be positive numbers")
  const chosen = workloads.filter(({ id }) => positionals.length === 0 || positionals.includes(id))

  const redis = await startRedis()
  const lines: Line[] = []
  try {
    for (const workload of chosen) {
      await redis.command("FLUSHALL")
      const onRound = (done: string): void => void process.stderr.write(`\r\u001B[K${done}`)
      const results = await rounds(candidates, workload, { url: redis.url, ...numbers, onRound })
      process.stderr.write("\r\u001B[K")
      const measured = linesOf(workload, candidates, results)
      lines.push(...measured)
      if (!values.json) console.log(table(workload.title, measured))
    }
  } finally {
    await redis.stop()
  }
  const result = { conditions: conditions("redis", numbers.rounds, numbers.seconds), lines }
  if (values.json) console.log(JSON.stringify(result, undefined, 2))
  else
    console.log(
      `\n${Object.entries(result.conditions)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")}`,
    )
  if (values.save) await save(result)
}

async function save(result: object): Promise<void> {
  const folder = new URL("../results/", import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL("store.json", folder), `${JSON.stringify(result, undefined, 2)}\n`)
}

function refuse(problem: string): void {
  console.error(`bench: ${problem}\n\n${help}`)
  process.exitCode = 2
}
