import type { Duration, Share, TemporalDurationLike } from "../contracts/duration.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { invalidOption } from "../errors/option-checks.ts"

export type { Duration, DurationParts, Share, TemporalDurationLike } from "../contracts/duration.ts"

/** What a duration may be besides a positive length of time. */
export interface DurationLimits {
  /** Whether zero has a meaning for this option. Default: false. */
  readonly zero?: boolean
}

const textUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const partUnits: Readonly<Record<string, number>> = {
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
}
const maxMs = 36_525 * 86_400_000

/**
 * The whole milliseconds of a duration.
 *
 * Throws `INVALID_DURATION`, naming the option, for bare numbers, unknown units, NaN, infinities, negatives, more than
 * a hundred years, and for zero (or what rounds to it) unless `limits.zero`.
 */
export function durationMs(optionName: string, duration: Duration, limits: DurationLimits = {}): number {
  const ms = readMs(optionName, duration)
  if (!Number.isFinite(ms)) throw invalid(optionName, "is not a finite length of time")
  if (ms < 0) throw invalid(optionName, "is negative")
  if (ms > maxMs) throw invalid(optionName, "is longer than 100 years")
  const wholeMs = Math.round(ms)
  if (wholeMs === 0 && !(ms === 0 && limits.zero === true)) {
    throw invalid(optionName, ms === 0 ? "is zero" : "is shorter than a millisecond")
  }
  return wholeMs
}

/** A share as a number from 0 to 1. Throws `INVALID_OPTION`, naming the option, for anything but "0%" to "100%". */
export function shareOf(optionName: string, share: Share): number {
  const digits = typeof share === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(share)?.[1] : undefined
  const part = Number(digits) / 100
  if (part >= 0 && part <= 1) return part
  throw invalidOption(optionName, 'must be a share from "0%" to "100%".')
}

function readMs(optionName: string, duration: unknown): number {
  switch (typeof duration) {
    case "string":
      return textMs(optionName, duration)
    case "number":
      throw invalid(optionName, `is the bare number ${duration}`)
    case "object":
      if (duration === null) throw invalid(optionName, "is null")
      return isTemporal(duration) ? temporalMs(optionName, duration) : partsMs(optionName, duration)
    default:
      throw invalid(optionName, `is of type ${typeof duration}`)
  }
}

function textMs(optionName: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined)
    throw invalid(optionName, "is not a number followed by ms, s, m, h or d")
  return Number(digits) * (textUnits[unit] as number)
}

function isTemporal(duration: object): duration is TemporalDurationLike {
  return "total" in duration && typeof duration.total === "function"
}

function temporalMs(optionName: string, duration: TemporalDurationLike): number {
  try {
    return duration.total("milliseconds")
  } catch (cause) {
    throw invalid(optionName, "has years, months or weeks, whose length depends on the calendar", cause)
  }
}

function partsMs(optionName: string, parts: object): number {
  const entries = Object.entries(parts).filter(([, amount]) => amount !== undefined)
  if (entries.length === 0) throw invalid(optionName, "has no part that is set")
  let ms = 0
  for (const [part, amount] of entries) {
    const unitMs = Object.hasOwn(partUnits, part) ? partUnits[part] : undefined
    if (unitMs === undefined)
      throw invalid(optionName, "has a part that is not days, hours, minutes, seconds or milliseconds")
    if (typeof amount !== "number" || amount < 0)
      throw invalid(optionName, `has \`${part}\` that is not a non-negative number`)
    ms += amount * unitMs
  }
  return ms
}

function invalid(option: string, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError("INVALID_DURATION", `\`${option}\` ${what}.`, { facts: { option }, cause })
}
