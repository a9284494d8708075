import { readFile, readdir } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { seeded, zipf } from "./zipf.ts"

/** Keys in the order in which they were asked for. */
export interface Trace {
  readonly id: string
  readonly keys: readonly string[]
}

const accesses = 400_000
const universe = 40_000

/** Zipf with three skews; and the middle one where every fifth access belongs to scans of 2,000 keys that come once. */
export function generatedTraces(): readonly Trace[] {
  return [
    ...[0.8, 1, 1.2].map((alpha) => ({ id: `zipf ${alpha.toFixed(1)}`, keys: zipfKeys(alpha) })),
    { id: "zipf 1.0 with scans", keys: withScans(zipfKeys(1)) },
  ]
}

/** The traces in a folder: each `*.txt` or `*.txt.gz` has one key per line. */
export async function recordedTraces(folder: string): Promise<readonly Trace[]> {
  const names = (await readdir(folder)).filter((name) => /\.txt(\.gz)?$/.test(name)).sort()
  if (names.length === 0) throw new Error("HOLDFAST_TRACES names a folder without *.txt or *.txt.gz")
  return Promise.all(names.map(async (name) => readTrace(folder, name)))
}

async function readTrace(folder: string, name: string): Promise<Trace> {
  const stored = await readFile(join(folder, name))
  const text = (name.endsWith(".gz") ? gunzipSync(stored) : stored).toString("utf8")
  return { id: name.replace(/\.txt(\.gz)?$/, ""), keys: text.trimEnd().split("\n") }
}

function zipfKeys(alpha: number): string[] {
  const draw = zipf(universe, alpha, seeded(1))
  return Array.from({ length: accesses }, () => `k${draw()}`)
}

function withScans(keys: readonly string[]): string[] {
  const [apart, length] = [8_000, 2_000]
  return keys.flatMap((key, at) =>
    at % apart === 0 ? [key, ...Array.from({ length }, (_, n) => `scan${at / apart}-${n}`)] : [key],
  )
}
