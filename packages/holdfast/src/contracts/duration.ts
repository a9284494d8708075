/** A duration in named parts, which are added up. */
export interface DurationParts {
  /** 24 hours each. */
  readonly days?: number
  /** 60 minutes each. */
  readonly hours?: number
  /** 60 seconds each. */
  readonly minutes?: number
  /** 1000 milliseconds each. */
  readonly seconds?: number
  /** Rounded to whole ones once everything is added up. */
  readonly milliseconds?: number
}

/** What Holdfast needs of a `Temporal.Duration`. */
export interface TemporalDurationLike {
  /** Its whole length. May throw for years, months and weeks, which are then refused. */
  total(unit: "milliseconds"): number
}

/** A length of time with its unit: "250ms", "30s", "1.5h", `{ minutes: 15 }` or a `Temporal.Duration`. Never a bare number. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}` | DurationParts | TemporalDurationLike

/** A part of a whole, such as "10%". */
export type Share = `${number}%`
