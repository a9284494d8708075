import { parseArgs, renderUsage } from "citty"
import type { ArgsDef } from "citty"
import { stripVTControlCharacters } from "node:util"

/** What the command line asks for. */
export interface Flags {
  /** End after the report instead of serving on. */
  readonly once: boolean
  readonly json: boolean
  /** Length of each phase. */
  readonly seconds: number
  /** Requests per second; undefined: as fast as answers come. */
  readonly rate: number | undefined
  readonly store: "redis" | "memory" | undefined
  readonly database: "postgres" | "pglite" | undefined
  /** File with recorded accesses. */
  readonly trace: string | undefined
  readonly dbLatencyMs: number
  /** 0: any free port. */
  readonly port: number
}

export type FlagsAnswer =
  | { readonly is: "run"; readonly flags: Flags }
  | { readonly is: "help"; readonly text: string }
  | { readonly is: "refused"; readonly message: string }

const definitions = {
  once: { type: "boolean", description: "End after the report instead of serving on" },
  json: { type: "boolean", description: "Print the report as one JSON document on stdout" },
  seconds: { type: "string", valueHint: "N", description: "Length of each phase in seconds (default: 8)" },
  rate: { type: "string", valueHint: "N", description: "Requests per second (default: as fast as answers come)" },
  store: {
    type: "string",
    valueHint: "memory|redis",
    description: "Where the cache is (default: Redis if there is one)",
  },
  database: {
    type: "string",
    valueHint: "postgres|pglite",
    description: "Which private database to start (default: PostgreSQL, else PGlite)",
  },
  trace: {
    type: "string",
    valueHint: "FILE",
    description: "Recorded accesses to replay: one key per line, plain or gzip",
  },
  "db-latency": { type: "string", valueHint: "MS", description: "Delay every database query (default: 0)" },
  port: { type: "string", valueHint: "PORT", description: "Port of the service (default: any free one)" },
  help: { type: "boolean", alias: "h", description: "Show this" },
} satisfies ArgsDef

/** Reads the command line. Never throws: what is wrong is in the answer. */
export async function readFlags(args: readonly string[]): Promise<FlagsAnswer> {
  const given: Record<string, unknown> = parseArgs([...args], definitions)
  if (given["help"] === true || given["h"] === true) return { is: "help", text: await usage() }
  try {
    refuseUnknown(given)
    return { is: "run", flags: check(given) }
  } catch (error) {
    if (error instanceof Refusal) return { is: "refused", message: error.message }
    throw error
  }
}

class Refusal extends Error {}

function check(given: Readonly<Record<string, unknown>>): Flags {
  return {
    once: given["once"] === true,
    json: given["json"] === true,
    seconds: number(given, "seconds", { min: 1, max: 3600 }) ?? 8,
    rate: number(given, "rate", { min: 1, max: 1_000_000 }),
    store: choice(given, "store", ["memory", "redis"]),
    database: choice(given, "database", ["postgres", "pglite"]),
    trace: text(given, "trace"),
    dbLatencyMs: number(given, "db-latency", { min: 0, max: 10_000 }) ?? 0,
    port: integer(given, "port", { min: 0, max: 65_535 }) ?? 0,
  }
}

function refuseUnknown(given: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(given)) {
    // The parser also gives `db-latency` as `dbLatency`.
    const dashed = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    if (name !== "_" && name !== "h" && !Object.hasOwn(definitions, dashed)) {
      throw new Refusal(`--${name} is not a known option`)
    }
  }
  const words = given["_"]
  if (Array.isArray(words) && words.length > 0) throw new Refusal(`"${String(words[0])}" is not expected`)
}

interface Range {
  readonly min: number
  readonly max: number
}

function text(given: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = given[name]
  if (value === undefined) return undefined
  if (typeof value !== "string" || value === "" || value.startsWith("--")) throw new Refusal(`--${name} needs a value`)
  return value
}

function number(given: Readonly<Record<string, unknown>>, name: string, { min, max }: Range): number | undefined {
  const value = text(given, name)
  if (value === undefined) return undefined
  const parsed = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (parsed >= min && parsed <= max) return parsed
  throw new Refusal(`--${name} must be a number from ${min} to ${max}, not "${value}"`)
}

function integer(given: Readonly<Record<string, unknown>>, name: string, range: Range): number | undefined {
  const value = number(given, name, range)
  if (value === undefined || Number.isInteger(value)) return value
  throw new Refusal(`--${name} must be a whole number, not "${value}"`)
}

function choice<const T extends string>(
  given: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = text(given, name)
  if (value === undefined) return undefined
  const chosen = choices.find((candidate) => candidate === value)
  if (chosen !== undefined) return chosen
  throw new Refusal(`--${name} must be ${choices.join(" or ")}, not "${value}"`)
}

async function usage(): Promise<string> {
  const meta = {
    name: "npm start --",
    description: "A shop on PostgreSQL, under load, without and with a cache; and with its Redis killed.",
  }
  const rendered = await renderUsage({ meta, args: definitions })
  return process.stdout.isTTY ? rendered : stripVTControlCharacters(rendered)
}
