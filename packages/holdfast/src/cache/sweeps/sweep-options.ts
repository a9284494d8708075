import type { SweepPace, SweepProgress } from "../../contracts/key-scan.ts"
import type { Glob } from "../../entry/glob.ts"
import { invalidOption, refuseUnknownOptions } from "../../errors/option-checks.ts"
import { durationMs, shareOf, type Duration, type Share } from "../../policy/duration.ts"
import type { CallOptions } from "../cache-options.ts"
import { callLimits, type CallLimits } from "../caller.ts"

/** Options of everything that sweeps over keys. With `signal` or `timeout` the sweep itself ends. */
export interface SweepOptions extends CallOptions {
  /** How long one SCAN may keep a server busy: how much it asks for at one time is fitted to it. Default "2ms". */
  readonly budget?: Duration
  /** Share of the time for which each server is kept busy at most; the sweep rests in between. Default "50%". */
  readonly share?: Share
}

/** Options of `scan`. */
export interface ScanOptions extends SweepOptions {
  /** Which keys; default all. */
  readonly match?: Glob
  /** Told after every SCAN. What it throws ends the scan. */
  readonly onProgress?: (progress: SweepProgress) => void
}

/** Options of `invalidatePattern`. */
export interface PatternOptions extends SweepOptions {
  /** Only counts what matches, and changes nothing. Default false. */
  readonly dryRun?: boolean
  /** Told after every SCAN. What it throws ends the sweep. */
  readonly onProgress?: (progress: PatternProgress) => void
}

/** How far an `invalidatePattern` has come. */
export interface PatternProgress extends SweepProgress, PatternCounts {
  /** 1 for the first sweep; 2 for the second, which finds what loads stored that were under way during the first. */
  readonly pass: number
}

/** What an `invalidatePattern` has done. */
export interface PatternCounts {
  /** Keys that match, with an entry, a load or a write under way, or a tombstone. Each counts once. */
  readonly matched: number
  /** Of those, what the store knows to be invalid. */
  readonly invalidated: number
  /** Of those, what it could not be told and is journalled. */
  readonly journalled: number
}

/** What became of an `invalidatePattern`. */
export interface PatternDelivery extends PatternCounts {
  /** Whether the store knows of all; false: some are journalled and will be told later, and only this process heeds them until then. */
  readonly delivered: boolean
}

/** Options after checking. */
export interface SweepSettings {
  readonly pace: SweepPace
  readonly limits: CallLimits
}

const ofSweeps = { budget: true, share: true, onProgress: true, signal: true, timeout: true } as const
const ofScans: Record<keyof ScanOptions, true> = { ...ofSweeps, match: true }
const ofPatterns: Record<keyof PatternOptions, true> = { ...ofSweeps, dryRun: true }

/** Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function scanSettings(options: ScanOptions): SweepSettings {
  refuseUnknownOptions(options, ofScans, "a scan")
  return sweepSettings(options, "scan")
}

/** The same, for who would change what he only wants to count: he must not be misunderstood. */
export function patternSettings(options: PatternOptions): SweepSettings {
  refuseUnknownOptions(options, ofPatterns, "`invalidatePattern`")
  const { dryRun = false } = options
  if (typeof dryRun !== "boolean") throw invalidOption("dryRun", "must be true or false.")
  return sweepSettings(options, "invalidatePattern")
}

function sweepSettings(options: SweepOptions & { readonly onProgress?: unknown }, call: string): SweepSettings {
  const { budget = "2ms", share = "50%", onProgress } = options
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw invalidOption("onProgress", "must be a function.")
  }
  const shareOfTime = shareOf("share", share)
  if (shareOfTime === 0) throw invalidOption("share", "must be more than nothing.")
  return { pace: { budgetMs: durationMs("budget", budget), share: shareOfTime }, limits: callLimits(options, call) }
}
