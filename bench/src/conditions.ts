import { cpus, loadavg } from "node:os"

export type Conditions = Readonly<Record<string, string | number>>

/** What a figure depends on besides the code. */
export function conditions(more: Conditions): Conditions {
  const processor = cpus()[0]?.model.trim() ?? "unknown"
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")
  return { node: process.version, cores: cpus().length, processor, load, ...more }
}
