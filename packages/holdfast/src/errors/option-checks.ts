import { hasCode, HoldfastError, withOwner } from "./holdfast-error.ts"
import { nearestName } from "./nearest-name.ts"

/** The error for an option; `problem` goes on from the option's name: "must be ...". */
export function invalidOption(option: string, problem: string): HoldfastError {
  return new HoldfastError("INVALID_OPTION", `The option \`${option}\` ${problem}`, { facts: { option } })
}

/** Throws `INVALID_OPTION` for an option that is not among the known ones. */
export function refuseUnknownOptions(options: object, known: object, owner: string): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  const meant = nearestName(unknown, Object.keys(known))
  throw invalidOption(unknown, `is not an option of ${owner}${meant === undefined ? "." : `; is \`${meant}\` meant?`}`)
}

/** What `check` answers. What it throws for an option says of which cache that is; undefined: it has no name that can be told. */
export function optionsOf<T>(cache: string | undefined, check: () => T): T {
  try {
    return check()
  } catch (error) {
    const isOfOption = hasCode(error, "INVALID_OPTION") || hasCode(error, "INVALID_DURATION")
    throw isOfOption && cache !== undefined ? withOwner(error, `Cache "${cache}"`, { cache }) : error
  }
}

/** The value of an option that counts something. Throws `INVALID_OPTION` for anything but a whole number of at least 1. */
export function positiveInteger(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(option, "must be a whole number of at least 1.")
  return value
}
